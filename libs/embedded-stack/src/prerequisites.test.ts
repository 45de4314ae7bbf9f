import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isAtLeast,
  parseVersion,
  requireJava,
  requireMaven,
  requireNode,
  requirePlatform,
} from './prerequisites.js';
import { StackError } from './stack-error.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rowbridge-prerequisites-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function program(path: string, script: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

function javaWithReleaseFile(home: string, version: string): string {
  program(join(home, 'bin', 'java'), 'exit 1');
  writeFileSync(join(home, 'release'), `IMPLEMENTOR="Somebody"\nJAVA_VERSION="${version}"\n`);
  return home;
}

function failureOf(action: () => unknown): StackError {
  try {
    action();
  } catch (failure) {
    if (failure instanceof StackError) return failure;
  }
  throw new Error('a StackError was expected');
}

describe('versions', () => {
  test.each([
    ['20.19.0', [20, 19, 0]],
    ['v22.1.0-nightly', [22, 1, 0]],
    ['25.0.3+9-LTS', [25, 0, 3]],
    ['25', [25]],
    ['1.8.0_442', [8, 0]],
    ['none', []],
  ])('reads the numbers of %s', (text, numbers) => {
    expect(parseVersion(text)).toEqual(numbers);
  });

  test('are compared number by number, a missing number counting as zero', () => {
    expect(isAtLeast([20, 19], [20, 19])).toBe(true);
    expect(isAtLeast([20, 18, 9], [20, 19])).toBe(false);
    expect(isAtLeast([3, 10], [3, 8])).toBe(true);
    expect(isAtLeast([21], [20, 19])).toBe(true);
    expect(isAtLeast([3], [3, 8])).toBe(false);
  });
});

describe('a machine', () => {
  test('that is Linux x64 is accepted, another one refused with the way out', () => {
    expect(() => requirePlatform('linux', 'x64')).not.toThrow();
    const failure = failureOf(() => requirePlatform('darwin', 'arm64'));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(/darwin arm64.*--docker/);
  });

  test('with an older Node is refused with exit code 3 and where to get a newer one', () => {
    expect(() => requireNode('20.19.0')).not.toThrow();
    const failure = failureOf(() => requireNode('18.20.4'));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(/20\.19 or newer.*18\.20\.4.*nodejs\.org/);
  });
});

describe('Java', () => {
  test('in JAVA_HOME wins over a newer one in a usual folder', () => {
    const named = javaWithReleaseFile(join(root, 'named'), '21.0.2');
    javaWithReleaseFile(join(root, 'jvm', 'jdk-25'), '25.0.3');
    const found = requireJava({ JAVA_HOME: named, PATH: '' }, { folders: [join(root, 'jvm')] });
    expect(found).toEqual({ home: named, major: 21, version: '21.0.2' });
  });

  test('on PATH that is too old is passed over for the newest of the usual folders', () => {
    const old = javaWithReleaseFile(join(root, 'old'), '17.0.15');
    javaWithReleaseFile(join(root, 'jvm', 'jdk-21'), '21.0.1');
    javaWithReleaseFile(join(root, 'jvm', 'jdk-25'), '25.0.3');
    const found = requireJava(
      { PATH: join(old, 'bin') },
      { folders: [join(root, 'missing'), join(root, 'jvm')] },
    );
    expect(found.version).toBe('25.0.3');
  });

  test('without a release file is asked for its version', () => {
    program(join(root, 'asked', 'bin', 'java'), 'echo \'openjdk version "21.0.4" 2024-07-16\' >&2');
    const found = requireJava({ JAVA_HOME: join(root, 'asked') }, { folders: [] });
    expect(found).toMatchObject({ major: 21, version: '21.0.4' });
  });

  test('inside a macOS bundle is found', () => {
    const home = javaWithReleaseFile(join(root, 'jvm', 'temurin.jdk', 'Contents', 'Home'), '24.0.1');
    expect(requireJava({ PATH: '' }, { folders: [join(root, 'jvm')] }).home).toBe(home);
  });

  test('that is only too old is refused by its version and place, with exit code 3 and how to get one', () => {
    const old = javaWithReleaseFile(join(root, 'old'), '1.8.0_442');
    const failure = failureOf(() => requireJava({ JAVA_HOME: old, PATH: '' }, { folders: [] }));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toContain(`1.8.0_442 in ${old}`);
    expect(failure.message).toContain('https://adoptium.net');
  });

  test('that is missing is said to be missing', () => {
    expect(failureOf(() => requireJava({ PATH: '' }, { folders: [] })).message).toContain('none was found');
  });
});

describe('Maven', () => {
  test('of a version that is new enough is found on PATH', () => {
    program(join(root, 'bin', 'mvn'), 'echo "Apache Maven 3.9.9 (8e8579a)"');
    expect(requireMaven({ PATH: join(root, 'bin') })).toBe(join(root, 'bin', 'mvn'));
  });

  test('that is too old is refused by its version, with exit code 3', () => {
    program(join(root, 'bin', 'mvn'), 'echo "Apache Maven 3.6.3"');
    const failure = failureOf(() => requireMaven({ PATH: join(root, 'bin') }));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(/3\.8 or newer.*is 3\.6\.3/);
  });

  test('that is missing is refused with how to get it', () => {
    const failure = failureOf(() => requireMaven({ PATH: root }));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(/not on PATH.*maven\.apache\.org/);
  });

  test('that does not run is refused with its own words', () => {
    program(
      join(root, 'bin', 'mvn'),
      'echo "The JAVA_HOME environment variable is not defined correctly," >&2\necho "this variable is needed." >&2; exit 1',
    );
    const failure = failureOf(() => requireMaven({ PATH: join(root, 'bin') }));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toContain(
      `${join(root, 'bin', 'mvn')} -v does not tell its version: The JAVA_HOME environment variable is not defined correctly, this variable is needed. Mend`,
    );
  });
});
