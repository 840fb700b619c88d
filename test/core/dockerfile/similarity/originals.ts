// Two Dockerfiles of our own that have nothing to do with each other, and an index that knows the first.
import { indexOf, type KnownIndex } from '../../../../src/core/dockerfile/similarity/known-index.ts';
import { sketchOf } from '../../../../src/core/dockerfile/similarity/sketch.ts';
import type { KnownFile, SketchedFile } from '../../../../src/core/model/copy.ts';
import { read } from '../reading.ts';

export const TILES = `FROM debian:12.7 AS fonts
ARG FONT_RELEASE=4.2
RUN set -eu; apt-get update; apt-get install -y --no-install-recommends fontforge unzip zopfli; \\
    install -d /out/glyphs; fontforge -lang=py -script subset.py --ranges 0-255,8192-8447 /out/glyphs
FROM debian:12.7
ENV TILE_CACHE=/var/cache/tiles RENDER_THREADS=4
RUN set -eu; \\
    apt-get update; \\
    apt-get install -y --no-install-recommends \\
      gdal-bin \\
      libmapnik3.1 \\
      osmium-tool \\
      python3-mapnik \\
      renderd; \\
    rm -rf /var/lib/apt/lists/*; \\
    for zoom in 0 1 2 3; do mkdir -p "$TILE_CACHE/$zoom"; done; \\
    chown -R renderd:renderd "$TILE_CACHE"; \\
    sed -i 's/^num_threads=.*/num_threads=6/' /etc/renderd.conf
COPY --from=fonts /out/glyphs /usr/share/fonts/map-glyphs
COPY styles/topographic.xml /etc/renderd/styles/
RUN osmium extract --strategy smart --bbox 5.9,45.8,10.5,47.8 planet.osm.pbf -o /srv/region.osm.pbf; \\
    gdaldem hillshade -z 2 -az 315 /srv/heights.tif /srv/hillshade.tif; \\
    gdaladdo --config COMPRESS_OVERVIEW DEFLATE -r average /srv/hillshade.tif 2 4 8 16
USER renderd
EXPOSE 7654
HEALTHCHECK --interval=30s CMD test -S /run/renderd/renderd.sock
ENTRYPOINT ["renderd", "--foreground", "yes", "--config", "/etc/renderd.conf"]
`;

export const LEDGER = `FROM eclipse-temurin:21-jre
RUN addgroup --system ledger && adduser --system --ingroup ledger --home /opt/ledger ledger
WORKDIR /opt/ledger
COPY --chown=ledger build/libs/ledger-all.jar lib/
COPY --chown=ledger migrations/ migrations/
RUN keytool -importcert -noprompt -alias settlement -file settlement.pem -cacerts -storepass changeit && \\
    jar --describe-module --file lib/ledger-all.jar | grep -q bookkeeping && \\
    ln -s /opt/ledger/lib /usr/lib/ledger
VOLUME /opt/ledger/journal
STOPSIGNAL SIGINT
CMD ["java", "-XX:+UseZGC", "-Dledger.journal=/opt/ledger/journal", "-jar", "lib/ledger-all.jar"]
`;

export const NOTHING_COMMON: ReadonlySet<number> = new Set();

export function known(path: string, text: string, changes: Partial<KnownFile> = {}): SketchedFile {
  return {
    server: 'https://github.com',
    repository: 'other/maps',
    commit: '5d'.repeat(20),
    path,
    license: 'MIT',
    copyrights: [],
    ...changes,
    fingerprints: sketchOf(read(text), NOTHING_COMMON),
  };
}

export function indexOfTiles(): KnownIndex {
  return indexOf([known('tiles/Dockerfile', TILES)]);
}
