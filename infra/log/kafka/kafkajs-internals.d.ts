/** What we use of the lower layer of kafkajs 2.2.4 (pinned): one connection, and the requests of the protocol. */

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  export interface KafkaLogger {
    namespace(name: string): KafkaLogger;
    debug(message: string, extra?: object): void;
    info(message: string, extra?: object): void;
    warn(message: string, extra?: object): void;
    error(message: string, extra?: object): void;
  }

  export interface SocketFactoryOptions {
    readonly host: string;
    readonly port: number;
    readonly ssl: object | null;
    readonly onConnect: () => void;
  }

  export interface ProtocolRequest {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** kafkajs copies `buffer` into the frame, and knows an encoder by its `buf`. */
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  }

  export interface ProtocolResponse {
    decode(payload: Buffer): unknown;
    parse(decoded: unknown): unknown;
  }

  interface RequestQueue {
    readonly pending: readonly unknown[];
    readonly throttledUntil: number;
    throttleCheckTimeoutId: unknown;
    scheduleCheckPendingRequests(): void;
    checkPendingRequests(): void;
    destroy(): void;
  }

  export type ApiVersions = Readonly<Record<string, { minVersion: number; maxVersion: number }>>;

  export default class Connection {
    readonly requestQueue: RequestQueue;
    constructor(options: {
      host: string;
      port: number;
      clientId: string;
      logger: KafkaLogger;
      socketFactory: (options: SocketFactoryOptions) => Socket;
      requestTimeout: number;
      connectionTimeout: number;
      enforceRequestTimeout: boolean;
      ssl: object | null;
      sasl: object | null;
    });
    connect(): Promise<unknown>;
    authenticate(): Promise<void>;
    setVersions(versions: ApiVersions): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
    send(exchange: {
      request: ProtocolRequest;
      response: ProtocolResponse;
      logResponseError?: boolean;
    }): Promise<unknown>;
    rejectRequests(error: Error): void;
  }
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type { ProtocolRequest, ProtocolResponse } from 'kafkajs/src/network/connection.js';

  export interface RequestDefinition {
    readonly versions: readonly string[];
    protocol(choice: {
      version: number;
    }): (parameters: object) => { request: ProtocolRequest; response: ProtocolResponse };
  }

  const requestsModule: { readonly requests: Readonly<Record<string, RequestDefinition>> };
  export default requestsModule;
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Readonly<Record<string, number>>;
  export default apiKeys;
}

declare module 'kafkajs/src/protocol/error.js' {
  const errorModule: {
    createErrorFromCode(code: number): Error & { readonly type: string; readonly retriable: boolean };
  };
  export default errorModule;
}

declare module 'kafkajs/src/consumer/assignerProtocol.js' {
  const assignerProtocol: {
    readonly MemberMetadata: {
      encode(metadata: { version: number; topics: readonly string[]; userData?: Buffer }): Buffer;
      decode(buffer: Buffer): { version: number; topics: string[]; userData: Buffer | null };
    };
    readonly MemberAssignment: {
      encode(assignment: { version: number; assignment: Record<string, readonly number[]> }): Buffer;
      decode(buffer: Buffer): { version: number; assignment: Record<string, number[]> } | null;
    };
  };
  export default assignerProtocol;
}
