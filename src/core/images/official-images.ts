// Which repositories of Docker Hub are Docker Official Images, as data with its date.
// Source: the file names below library/ in github.com/docker-library/official-images, and those deleted there,
// as of 2026-08-22.
import type { ImageReference } from '../model/image.ts';

const MAINTAINED = new Set(
  `
  adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux
  azul-zulu backdrop bash bonita buildpack-deps busybox caddy cassandra chronograf cirros clearlinux
  clefos clickhouse clojure composer convertigo couchbase couchdb crate dart debian docker drupal
  eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang espocrm fedora flink
  fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world
  hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi jetty joomla jruby julia kapacitor
  kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached
  mongo mongo-express monica mysql nats neo4j neurodebian nextcloud nginx nim node notary odoo
  open-liberty openjdk oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone
  postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine registry rethinkdb
  rocket.chat rockylinux ros ruby rust sapmachine satosa silverpeas solr sonarqube spark spiped storm
  swift swipl teamspeak telegraf tomcat tomee traefik ubuntu unit varnish websphere-liberty wordpress
  xwiki yourls znc zookeeper
`
    .trim()
    .split(/\s+/),
);

/** Once official and no longer built: their tags are still there and get no updates. */
const RETIRED = new Set(
  `
  adoptopenjdk celery centos consul crux django euleros express-gateway fsharp glassfish hello-seattle
  hipache hola-mundo iojs java jenkins jobber kaazing-gateway known mono nats-streaming nuxeo opensuse
  owncloud piwik rails rapidoid sentry sl sourcemage swarm thrift ubuntu-debootstrap ubuntu-upstart
  vault
`
    .trim()
    .split(/\s+/),
);

/** Registries that serve Docker Official Images unchanged, with the namespace they stand in. */
const MIRRORS: readonly (readonly [registry: string, namespace: string])[] = [
  ['docker.io', 'library/'],
  ['mirror.gcr.io', 'library/'],
  ['public.ecr.aws', 'docker/library/'],
  // The same images for one architecture each. Source: README.md there, "Architectures other than amd64?".
  ...'amd64 arm32v5 arm32v6 arm32v7 arm64v8 i386 mips64le ppc64le riscv64 s390x windows-amd64'
    .split(' ')
    .map((architecture) => ['docker.io', `${architecture}/`] as const),
];

/** Whether an image is a Docker Official Image, was one, or is none; also through a mirror of them. */
export function officialStatus(reference: ImageReference): 'official' | 'retired' | 'none' {
  const name = officialName(reference);
  if (name === null) return 'none';
  if (MAINTAINED.has(name)) return 'official';
  return RETIRED.has(name) ? 'retired' : 'none';
}

/** On Docker Hub, an official image built for one architecture (`arm32v7/debian`) → the image it is built from the same source as. */
export function generalImage(reference: ImageReference): ImageReference {
  const name = officialName(reference);
  if (reference.registry !== 'docker.io' || name === null || officialStatus(reference) === 'none')
    return reference;
  return { ...reference, repository: `library/${name}` };
}

/** The short name in the official namespace (`debian`), null outside of it. Says nothing about whether it exists. */
export function officialName(reference: ImageReference): string | null {
  for (const [registry, namespace] of MIRRORS) {
    if (reference.registry !== registry || !reference.repository.startsWith(namespace)) continue;
    const name = reference.repository.slice(namespace.length);
    return name.includes('/') ? null : name;
  }
  return null;
}
