/** Where downloaded servers are kept between runs, and how they come: Maven artifacts into a folder, once. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BubbleError } from '../../schemas/errors.ts';

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const cacheFolder = join(root, '.cache', 'servers');

export interface Artifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

const pom = (artifacts: readonly Artifact[]): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bubble</groupId><artifactId>servers</artifactId><version>1</version>
  <dependencies>
${artifacts.map((each) => `    <dependency><groupId>${each.group}</groupId><artifactId>${each.name}</artifactId><version>${each.version}</version></dependency>`).join('\n')}
  </dependencies>
</project>
`;

/** The jars of these artifacts and all they need, in a folder of this name; downloaded when it is not there. */
export async function jarsOf(name: string, artifacts: readonly Artifact[]): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  // A folder under its final name is whole: it is filled under another name and renamed.
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'pom.xml'), pom(artifacts));
  try {
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=.'], { cwd: partial });
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    throw new BubbleError(
      'REFUSED',
      `Maven could not bring ${name}: it needs mvn, a JDK 17 and its repository once`,
      {
        cause,
      },
    );
  }
  await rename(partial, folder);
  return folder;
}
