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

/** The files of one packed artifact (tar.gz), unpacked into a folder of this name; downloaded when it is not there. */
export async function archiveOf(name: string, artifact: Artifact, classifier: string): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const wanted = `${artifact.group}:${artifact.name}:${artifact.version}:tar.gz:${classifier}`;
  try {
    await run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${wanted}`, '-DoutputDirectory=.'], {
      cwd: partial,
    });
    const packed = `${artifact.name}-${artifact.version}-${classifier}.tar.gz`;
    await run('tar', ['xzf', packed], { cwd: partial });
    await rm(join(partial, packed));
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have been faster.
    if (existsSync(folder)) return folder;
    throw new BubbleError(
      'REFUSED',
      `Maven could not bring ${name}: it needs mvn, a JDK 17 and its repository once`,
      {
        cause,
      },
    );
  }
  return folder;
}

/**
 * A Python with these packages, in an environment of this name; made when it is not there.
 * @returns its interpreter
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(cacheFolder, name);
  const mark = join(folder, 'complete');
  // An environment knows its own path, so it is not renamed: a mark says that it is whole.
  if (!existsSync(mark)) {
    await rm(folder, { recursive: true, force: true });
    try {
      await run('python3', ['-m', 'venv', folder]);
      await run(join(folder, 'bin', 'pip'), ['install', '-q', '--disable-pip-version-check', ...packages]);
    } catch (cause) {
      await rm(folder, { recursive: true, force: true });
      throw new BubbleError('REFUSED', `Python could not bring ${packages.join(', ')}`, { cause });
    }
    await writeFile(mark, `${packages.join('\n')}\n`);
  }
  return join(folder, 'bin', 'python');
}
