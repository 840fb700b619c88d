// Dockerfiles → what they were probably taken from: official images and others of note (`index.json`), and files
// that the organisation has elsewhere.
import type { Copy, SketchedFile } from '../../model/copy.ts';
import type { Dockerfile } from '../../model/dockerfile.ts';
import { compareWith } from './compare.ts';
import data from './index.json' with { type: 'json' };
import { decodeIndex, indexOf } from './known-index.ts';
import { type Sketch, sketchOf } from './sketch.ts';

const wellKnown = decodeIndex(data);

/** The fingerprints under which a Dockerfile is kept, to be compared with others later. */
export function fingerprintsOf(dockerfile: Dockerfile): Sketch {
  return sketchOf(dockerfile, wellKnown.common);
}

/**
 * Names the originals of one Dockerfile after another, the most similar first. `seen`: Dockerfiles of other repositories
 * that the organisation can read, kept with `fingerprintsOf`. Whoever has many of them asks its store for those that
 * share some fingerprints with a file under review, and gives only these.
 */
export function copyFinder(seen: readonly SketchedFile[]): (dockerfile: Dockerfile) => readonly Copy[] {
  const indexes = [wellKnown.index, indexOf(seen)];
  return (dockerfile) => {
    const sketch = fingerprintsOf(dockerfile);
    return indexes
      .flatMap((index) => compareWith(index, sketch))
      .sort((a, b) => b.same - a.same)
      .map((likeness) => ({ dockerfile: dockerfile.path, ...likeness }));
  };
}
