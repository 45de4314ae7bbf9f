import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@rowbridge/testing';
import { workspaceRoot } from '../data-location.js';
import { runWithDocker } from './run-with-docker.js';

/** A `docker` that notes what it is asked, and answers as a Docker would that lacks the named part. */
const dockerProgram = `#!/bin/sh
echo "$(pwd) $*" >> "$DOCKER_NOTES"
case "$LACKING $1 $2" in
  "engine version "*) echo "Cannot connect to the Docker daemon at unix:///nowhere." >&2; exit 1 ;;
  "compose compose version") echo "docker: unknown command: docker compose" >&2; exit 1 ;;
  "failing compose up") exit 17 ;;
  *" compose up") trap 'echo "stopped" >> "$DOCKER_NOTES"; exit 0' INT
    for turn in $(seq 200); do sleep 0.05; done ;;
esac
`;

describe('npm start -- --docker', () => {
  let folder: string;
  let notes: string;
  let said: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-docker-'));
    notes = join(folder, 'notes');
    writeFileSync(notes, '');
    said = [];
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function installDocker(): void {
    const program = join(folder, 'docker');
    writeFileSync(program, dockerProgram);
    chmodSync(program, 0o755);
  }

  function start(lacking: string, settings: { fresh?: boolean; abortSignal?: AbortSignal } = {}) {
    return runWithDocker({
      fresh: settings.fresh ?? false,
      // What the shell of the stand-in needs is found by its full paths; no real docker may be.
      environment: {
        PATH: lacking === 'docker' ? folder : `${folder}:/usr/bin:/bin`,
        DOCKER_NOTES: notes,
        LACKING: lacking,
      },
      abortSignal: settings.abortSignal ?? new AbortController().signal,
      say: (text) => void said.push(text),
    });
  }

  const asked = (): string[] => readFileSync(notes, 'utf8').trim().split('\n');

  test('ends with 3 where there is no Docker, and says what to do without it', async () => {
    await expect(start('docker')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/no docker on PATH.*leave --docker out/s),
    });
  });

  test.each([
    ['engine', /running Docker engine, and none answers: Cannot connect .*DOCKER_HOST/],
    ['compose', /needs Docker Compose 2/],
  ])('ends with 3 where the %s is missing, before anything is started', async (lacking, message) => {
    installDocker();
    await expect(start(lacking)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(message),
    });
    expect(asked().join()).not.toContain('compose up');
    expect(said).toEqual([]);
  });

  test('runs the compose file of the workspace until it is told to end, and stops it in order', async () => {
    installDocker();
    const stopping = new AbortController();
    const running = start('nothing', { abortSignal: stopping.signal });
    await waitFor(() => asked().includes(`${workspaceRoot} compose up --build`), {
      what: 'compose to be started',
      deadlineMs: 10_000,
    });
    stopping.abort(new Error('told to end'));
    await expect(running).rejects.toThrow('told to end');
    expect(asked().at(-1)).toBe('stopped');
    expect(said.join('\n')).toContain('/secrets/api-token');
  });

  test('removes the data of earlier runs first when asked for a fresh start; ends with 1 when Compose fails', async () => {
    installDocker();
    expect(await start('failing', { fresh: true })).toBe(1);
    expect(asked().slice(-2)).toEqual([
      `${workspaceRoot} compose down --volumes --remove-orphans`,
      `${workspaceRoot} compose up --build`,
    ]);
  });
});
