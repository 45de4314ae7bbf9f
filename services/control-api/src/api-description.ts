/** The description of the API, known once all its routes are. */
export class ApiDescription {
  private document: object = {};

  complete(document: object): void {
    this.document = document;
  }

  read(): object {
    return this.document;
  }
}
