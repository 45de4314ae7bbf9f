import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchDebianPackage, PortChooser } from '@rowbridge/embedded-stack';
import { waitFor } from '@rowbridge/testing';
import { stringify } from 'yaml';

/** A real Prometheus that reads the metrics of running services. */
export interface ScrapingPrometheus {
  /** @returns how many series the query has had since Prometheus started. @throws Error when it does not parse */
  countSeries(query: string): Promise<number>;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

/**
 * Starts Prometheus with the rules of deploy/prometheus over the given services.
 * @param targets `host:port` by job
 */
export async function scrapeWithPrometheus(
  targets: Readonly<Record<string, string>>,
): Promise<ScrapingPrometheus> {
  const program = join(await fetchDebianPackage('prometheus'), 'usr/bin/prometheus');
  const folder = mkdtempSync(join(tmpdir(), 'rowbridge-prometheus-'));
  cpSync(join(import.meta.dirname, '../../deploy/prometheus/rules'), join(folder, 'rules'), {
    recursive: true,
  });
  writeFileSync(
    join(folder, 'prometheus.yml'),
    stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules/*.rules.yml'],
      scrape_configs: Object.entries(targets).map(([job, target]) => ({
        job_name: job,
        static_configs: [{ targets: [target] }],
      })),
    }),
  );
  const url = `http://127.0.0.1:${await new PortChooser('free').chooseFree()}`;
  const server = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const startedAt = Date.now() / 1000;
  try {
    await waitFor(
      () =>
        fetch(`${url}/-/ready`).then(
          ({ status }) => status === 200,
          () => false,
        ),
      { what: 'Prometheus to be ready', deadlineMs: 60_000, intervalMs: 200 },
    );
  } catch (failure) {
    await stop();
    throw failure;
  }
  return {
    stop,
    async countSeries(query) {
      const now = Date.now() / 1000;
      const step = Math.max(1, (now - startedAt) / 200);
      const parameters = new URLSearchParams({
        query,
        start: String(startedAt),
        end: String(now),
        step: String(step),
      });
      const answer = (await (await fetch(`${url}/api/v1/query_range?${parameters}`)).json()) as Answer;
      if (answer.status !== 'success') throw new Error(`${query}: ${answer.error ?? 'no reason'}`);
      return answer.data?.result.length ?? 0;
    },
  };
}
