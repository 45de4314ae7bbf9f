import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifacts } from './catalog.js';
import { fetchArtifact } from './fetch-artifact.js';

/** Refuses a JAVA_HOME without a Java in it, as Maven does; else puts a file where the goal asks for it. */
const mavenProgram = `#!/bin/sh
if [ ! -x "$JAVA_HOME/bin/java" ]; then
  echo "The JAVA_HOME environment variable is not defined correctly" >&2
  exit 1
fi
if [ "$1" = "-v" ]; then echo "Apache Maven 3.9.9"; exit 0; fi
for option in "$@"; do
  case "$option" in -DoutputDirectory=*) echo "$JAVA_HOME" > "\${option#-DoutputDirectory=}/mariadb.jar" ;; esac
done
`;

describe('fetching with Maven', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rowbridge-fetch-'));
    writeProgram(join(root, 'bin', 'mvn'), mavenProgram);
    writeProgram(join(root, 'jdk', 'bin', 'java'), '#!/bin/sh\n');
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  function writeProgram(path: string, text: string): void {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }

  function fetchMariadb(javaHome: string | undefined): Promise<string> {
    return fetchArtifact(artifacts.mariadb, {
      workFolder: join(root, 'work'),
      mavenRepository: join(root, 'repository'),
      environment: { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, JAVA_HOME: join(root, 'removed-jdk') },
      javaHome,
      onBytes: () => undefined,
    });
  }

  test('uses the JDK that was found where JAVA_HOME names none, already to ask for its version', async () => {
    const fetched = await fetchMariadb(join(root, 'jdk'));
    expect(readFileSync(fetched, 'utf8')).toBe(`${join(root, 'jdk')}\n`);
  });

  test('says what Maven says of a wrong JAVA_HOME where no JDK was looked for', async () => {
    await expect(fetchMariadb(undefined)).rejects.toThrow(
      /JAVA_HOME environment variable is not defined correctly/,
    );
  });
});
