// A reporter of node:test: the files in which something failed, one a line, each once.
export default async function* failedFiles(events) {
  const files = new Set();
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.file === undefined || files.has(data.file)) continue;
    files.add(data.file);
    yield `${data.file}\n`;
  }
}
