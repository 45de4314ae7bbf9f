import { createEngineProvider, type EngineProvider } from './engine-provider.js';
import { describeWithEngines } from './shared-engines.js';

/** A provider that offers Kafka beside the databases. */
export type ProviderWithKafka = EngineProvider & Required<Pick<EngineProvider, 'kafkaStack'>>;

/**
 * `describeWithEngines` for a suite that starts Kafka: where the chosen provider has none, the suite is skipped under its
 * own name with the reason. The suite stops the provider that it is given.
 */
export function describeWithKafka(name: string, suite: (provider: ProviderWithKafka) => void): void {
  const provider = createEngineProvider();
  if (offersKafka(provider)) describeWithEngines(name, () => suite(provider));
  else {
    describe.skip(`${name} (skipped, no Kafka from ${provider.name})`, () => {
      it('needs Kafka', () => undefined);
    });
  }
}

function offersKafka(provider: EngineProvider): provider is ProviderWithKafka {
  return provider.kafkaStack !== undefined;
}
