// An archive of 2 GB, read to its end → time, and memory at its worst. The file is sparse: it takes no room on the disk.
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImageArchive } from '../../src/registry/image-archive.ts';
import { tarEntry } from '../registry/support/tar.ts';

const LAYER = 2 * 1024 ** 3;

export async function archiveMemory(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    const path = join(folder, 'image.tar');
    write(path, zerosDigest());
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const start = performance.now();
    const archive = await openImageArchive(path);
    clearInterval(timer);
    if ('problem' in archive) throw new Error(archive.problem);
    console.log(
      `an archive of ${statSync(path).size} bytes: ${((performance.now() - start) / 1000).toFixed(1)} s, at most ${((most - before) / 1e6).toFixed(0)} MB of memory more`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function zerosDigest(): string {
  const hash = createHash('sha256');
  const part = Buffer.alloc(16 * 1024 ** 2);
  for (let done = 0; done < LAYER; done += part.length) hash.update(part);
  return hash.digest('hex');
}

/** As `docker save` wrote: a configuration, a list, and one layer of zeros. */
function write(path: string, layer: string): void {
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created_by: 'COPY zeros /' }],
  });
  const list = JSON.stringify([{ Config: 'config.json', RepoTags: ['acme/large:1'], Layers: ['layer.tar'] }]);
  const start = Buffer.concat([
    tarEntry({ name: 'config.json', content: config }),
    tarEntry({ name: 'manifest.json', content: list }),
    tarEntry({ name: 'layer.tar', size: LAYER }),
  ]);
  const file = openSync(path, 'w');
  writeSync(file, start, 0, start.length, 0);
  writeSync(file, Buffer.alloc(1024), 0, 1024, start.length + LAYER);
  closeSync(file);
}
