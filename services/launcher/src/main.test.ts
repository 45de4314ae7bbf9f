import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@rowbridge/testing';
import { workspaceRoot } from './data-location.js';

/** A `docker` that answers, runs until it is told to end, and notes that it could end in order. */
const dockerProgram = `#!/bin/sh
case "$1 $2" in
  "compose up") echo "up" >> "$DOCKER_NOTES"
    trap 'echo "stopped" >> "$DOCKER_NOTES"; exit 0' INT
    for turn in $(seq 400); do sleep 0.05; done ;;
esac
`;

describe('the launcher', () => {
  let folder: string;
  let notes: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-launcher-'));
    notes = join(folder, 'notes');
    writeFileSync(notes, '');
    writeFileSync(join(folder, 'docker'), dockerProgram);
    chmodSync(join(folder, 'docker'), 0o755);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('stops what it started in order although nobody reads any more what it says', async () => {
    const launcher = spawn(
      process.execPath,
      ['--import', 'tsx', join(workspaceRoot, 'services/launcher/src/main.ts'), '--docker'],
      {
        cwd: workspaceRoot,
        env: { PATH: `${folder}:/usr/bin:/bin`, DOCKER_NOTES: notes },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const ended = new Promise((resolve) => launcher.once('exit', resolve));
    launcher.stdout.destroy();
    launcher.stderr.destroy();
    const noted = (): string => readFileSync(notes, 'utf8');
    await waitFor(() => noted() === 'up\n', { what: 'compose to be started', deadlineMs: 10_000 });
    launcher.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(noted()).toBe('up\nstopped\n');
  });
});
