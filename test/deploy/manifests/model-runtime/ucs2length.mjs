/** Characters of a text as JSON Schema counts them: code points. */
export default (text) => [...text].length;
