/**
 * What a topic of rows has to take in one record, bytes: an update carries a large value twice, in JSON as base64 by a
 * third longer. Kafka's own default is a thirtieth of it.
 */
export const largestRecordBytes = 33_554_432;

/** The declaration with a topic that takes the largest records, whatever the brokers' own limit is. */
export function takingLargeRecords<
  Declaration extends { readonly configuration: Readonly<Record<string, string>> },
>(declaration: Declaration): Declaration {
  const { configuration } = declaration;
  return {
    ...declaration,
    configuration: { ...configuration, 'max.message.bytes': String(largestRecordBytes) },
  };
}
