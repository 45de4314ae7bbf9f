/** Where the decoder asks for the schemas its records name. Answers are immutable: the decoder keeps them. */
export interface SchemaSource {
  /**
   * The Avro schema behind an id of the Confluent wire format, as parsed JSON with every attribute kept.
   * @throws RowbridgeError `schema_id_unknown` when the registry answers that it has no such id
   * @throws RowbridgeError `registry_unreachable` for every other failure
   */
  avroSchema(id: number): Promise<unknown>;
}
