import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace bubble. */
export namespace bubble {

    /** Namespace wire. */
    namespace wire {

        /**
         * Properties of a ClientInfo.
         * @deprecated Use bubble.wire.ClientInfo.$Properties instead.
         */
        interface IClientInfo extends bubble.wire.ClientInfo.$Properties {
        }

        /** Represents a ClientInfo. */
        class ClientInfo {

            /**
             * Constructs a new ClientInfo.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ClientInfo.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClientInfo aesData. */
            aesData: Uint8Array;

            /** ClientInfo rsaData. */
            rsaData: Uint8Array;

            /** ClientInfo suite. */
            suite: number;

            /** ClientInfo kid. */
            kid: number;

            /**
             * Creates a new ClientInfo instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ClientInfo instance
             */
            static create(properties: bubble.wire.ClientInfo.$Shape): bubble.wire.ClientInfo & bubble.wire.ClientInfo.$Shape;
            static create(properties?: bubble.wire.ClientInfo.$Properties): bubble.wire.ClientInfo;

            /**
             * Encodes the specified ClientInfo message. Does not implicitly {@link bubble.wire.ClientInfo.verify|verify} messages.
             * @param message ClientInfo message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ClientInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClientInfo message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ClientInfo & bubble.wire.ClientInfo.$Shape} ClientInfo
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ClientInfo & bubble.wire.ClientInfo.$Shape;

            /**
             * Creates a ClientInfo message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ClientInfo
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ClientInfo;

            /**
             * Creates a plain object from a ClientInfo message. Also converts values to other types if specified.
             * @param message ClientInfo
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ClientInfo, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ClientInfo to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ClientInfo {

            /** Properties of a ClientInfo. */
            interface $Properties {

                /** ClientInfo aesData */
                aesData?: (Uint8Array|null);

                /** ClientInfo rsaData */
                rsaData?: (Uint8Array|null);

                /** ClientInfo suite */
                suite?: (number|null);

                /** ClientInfo kid */
                kid?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ClientInfo. */
            type $Shape = bubble.wire.ClientInfo.$Properties;
        }

        /**
         * Properties of an AesReqData.
         * @deprecated Use bubble.wire.AesReqData.$Properties instead.
         */
        interface IAesReqData extends bubble.wire.AesReqData.$Properties {
        }

        /** Represents an AesReqData. */
        class AesReqData {

            /**
             * Constructs a new AesReqData.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.AesReqData.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AesReqData clientVersion. */
            clientVersion: number;

            /** AesReqData uin. */
            uin: string;

            /** AesReqData autoAuthKey. */
            autoAuthKey: Uint8Array;

            /** AesReqData deviceId. */
            deviceId: string;

            /** AesReqData deviceType. */
            deviceType: string;

            /** AesReqData deviceName. */
            deviceName: string;

            /** AesReqData imei. */
            imei: string;

            /** AesReqData timeZone. */
            timeZone: number;

            /** AesReqData language. */
            language: string;

            /** AesReqData timestampMs. */
            timestampMs: Long;

            /** AesReqData token. */
            token: string;

            /** AesReqData deviceSig. */
            deviceSig: Uint8Array;

            /**
             * Creates a new AesReqData instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AesReqData instance
             */
            static create(properties: bubble.wire.AesReqData.$Shape): bubble.wire.AesReqData & bubble.wire.AesReqData.$Shape;
            static create(properties?: bubble.wire.AesReqData.$Properties): bubble.wire.AesReqData;

            /**
             * Encodes the specified AesReqData message. Does not implicitly {@link bubble.wire.AesReqData.verify|verify} messages.
             * @param message AesReqData message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.AesReqData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AesReqData message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.AesReqData & bubble.wire.AesReqData.$Shape} AesReqData
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.AesReqData & bubble.wire.AesReqData.$Shape;

            /**
             * Creates an AesReqData message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AesReqData
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.AesReqData;

            /**
             * Creates a plain object from an AesReqData message. Also converts values to other types if specified.
             * @param message AesReqData
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.AesReqData, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AesReqData to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AesReqData {

            /** Properties of an AesReqData. */
            interface $Properties {

                /** AesReqData clientVersion */
                clientVersion?: (number|null);

                /** AesReqData uin */
                uin?: (string|null);

                /** AesReqData autoAuthKey */
                autoAuthKey?: (Uint8Array|null);

                /** AesReqData deviceId */
                deviceId?: (string|null);

                /** AesReqData deviceType */
                deviceType?: (string|null);

                /** AesReqData deviceName */
                deviceName?: (string|null);

                /** AesReqData imei */
                imei?: (string|null);

                /** AesReqData timeZone */
                timeZone?: (number|null);

                /** AesReqData language */
                language?: (string|null);

                /** AesReqData timestampMs */
                timestampMs?: (Long|null);

                /** AesReqData token */
                token?: (string|null);

                /** AesReqData deviceSig */
                deviceSig?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AesReqData. */
            type $Shape = bubble.wire.AesReqData.$Properties;
        }

        /**
         * Properties of an AuthRet.
         * @deprecated Use bubble.wire.AuthRet.$Properties instead.
         */
        interface IAuthRet extends bubble.wire.AuthRet.$Properties {
        }

        /** Represents an AuthRet. */
        class AuthRet {

            /**
             * Constructs a new AuthRet.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.AuthRet.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AuthRet ret. */
            ret: number;

            /** AuthRet errMsg. */
            errMsg: string;

            /** AuthRet authSectResp. */
            authSectResp: Uint8Array;

            /** AuthRet svrRandom. */
            svrRandom: Uint8Array;

            /**
             * Creates a new AuthRet instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AuthRet instance
             */
            static create(properties: bubble.wire.AuthRet.$Shape): bubble.wire.AuthRet & bubble.wire.AuthRet.$Shape;
            static create(properties?: bubble.wire.AuthRet.$Properties): bubble.wire.AuthRet;

            /**
             * Encodes the specified AuthRet message. Does not implicitly {@link bubble.wire.AuthRet.verify|verify} messages.
             * @param message AuthRet message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.AuthRet.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AuthRet message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.AuthRet & bubble.wire.AuthRet.$Shape} AuthRet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.AuthRet & bubble.wire.AuthRet.$Shape;

            /**
             * Creates an AuthRet message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AuthRet
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.AuthRet;

            /**
             * Creates a plain object from an AuthRet message. Also converts values to other types if specified.
             * @param message AuthRet
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.AuthRet, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AuthRet to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AuthRet {

            /** Properties of an AuthRet. */
            interface $Properties {

                /** AuthRet ret */
                ret?: (number|null);

                /** AuthRet errMsg */
                errMsg?: (string|null);

                /** AuthRet authSectResp */
                authSectResp?: (Uint8Array|null);

                /** AuthRet svrRandom */
                svrRandom?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AuthRet. */
            type $Shape = bubble.wire.AuthRet.$Properties;
        }

        /**
         * Properties of an AuthSectResp.
         * @deprecated Use bubble.wire.AuthSectResp.$Properties instead.
         */
        interface IAuthSectResp extends bubble.wire.AuthSectResp.$Properties {
        }

        /** Represents an AuthSectResp. */
        class AuthSectResp {

            /**
             * Constructs a new AuthSectResp.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.AuthSectResp.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AuthSectResp ret. */
            ret: number;

            /** AuthSectResp serverTime. */
            serverTime: Long;

            /** AuthSectResp svrPubEcdhkey. */
            svrPubEcdhkey: Uint8Array;

            /** AuthSectResp encSessionKey. */
            encSessionKey: Uint8Array;

            /** AuthSectResp autoAuthKey. */
            autoAuthKey: Uint8Array;

            /** AuthSectResp ticketLifetimeSec. */
            ticketLifetimeSec: number;

            /** AuthSectResp gate. */
            gate: string;

            /** AuthSectResp limits. */
            limits?: (bubble.wire.ClientLimits.$Properties|null);

            /** AuthSectResp heartbeatMs. */
            heartbeatMs: number;

            /** AuthSectResp pad. */
            pad: Uint8Array;

            /** AuthSectResp tenant. */
            tenant: string;

            /**
             * Creates a new AuthSectResp instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AuthSectResp instance
             */
            static create(properties: bubble.wire.AuthSectResp.$Shape): bubble.wire.AuthSectResp & bubble.wire.AuthSectResp.$Shape;
            static create(properties?: bubble.wire.AuthSectResp.$Properties): bubble.wire.AuthSectResp;

            /**
             * Encodes the specified AuthSectResp message. Does not implicitly {@link bubble.wire.AuthSectResp.verify|verify} messages.
             * @param message AuthSectResp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.AuthSectResp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AuthSectResp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.AuthSectResp & bubble.wire.AuthSectResp.$Shape} AuthSectResp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.AuthSectResp & bubble.wire.AuthSectResp.$Shape;

            /**
             * Creates an AuthSectResp message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AuthSectResp
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.AuthSectResp;

            /**
             * Creates a plain object from an AuthSectResp message. Also converts values to other types if specified.
             * @param message AuthSectResp
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.AuthSectResp, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AuthSectResp to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AuthSectResp {

            /** Properties of an AuthSectResp. */
            interface $Properties {

                /** AuthSectResp ret */
                ret?: (number|null);

                /** AuthSectResp serverTime */
                serverTime?: (Long|null);

                /** AuthSectResp svrPubEcdhkey */
                svrPubEcdhkey?: (Uint8Array|null);

                /** AuthSectResp encSessionKey */
                encSessionKey?: (Uint8Array|null);

                /** AuthSectResp autoAuthKey */
                autoAuthKey?: (Uint8Array|null);

                /** AuthSectResp ticketLifetimeSec */
                ticketLifetimeSec?: (number|null);

                /** AuthSectResp gate */
                gate?: (string|null);

                /** AuthSectResp limits */
                limits?: (bubble.wire.ClientLimits.$Properties|null);

                /** AuthSectResp heartbeatMs */
                heartbeatMs?: (number|null);

                /** AuthSectResp pad */
                pad?: (Uint8Array|null);

                /** AuthSectResp tenant */
                tenant?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AuthSectResp. */
            type $Shape = bubble.wire.AuthSectResp.$Properties;
        }

        /**
         * Properties of a ClientLimits.
         * @deprecated Use bubble.wire.ClientLimits.$Properties instead.
         */
        interface IClientLimits extends bubble.wire.ClientLimits.$Properties {
        }

        /** Represents a ClientLimits. */
        class ClientLimits {

            /**
             * Constructs a new ClientLimits.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ClientLimits.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClientLimits bodyBytes. */
            bodyBytes: number;

            /** ClientLimits messagesPerSecond. */
            messagesPerSecond: number;

            /** ClientLimits messageBurst. */
            messageBurst: number;

            /** ClientLimits outstandingPerConversation. */
            outstandingPerConversation: number;

            /** ClientLimits syncRows. */
            syncRows: number;

            /**
             * Creates a new ClientLimits instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ClientLimits instance
             */
            static create(properties: bubble.wire.ClientLimits.$Shape): bubble.wire.ClientLimits & bubble.wire.ClientLimits.$Shape;
            static create(properties?: bubble.wire.ClientLimits.$Properties): bubble.wire.ClientLimits;

            /**
             * Encodes the specified ClientLimits message. Does not implicitly {@link bubble.wire.ClientLimits.verify|verify} messages.
             * @param message ClientLimits message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ClientLimits.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClientLimits message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ClientLimits & bubble.wire.ClientLimits.$Shape} ClientLimits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ClientLimits & bubble.wire.ClientLimits.$Shape;

            /**
             * Creates a ClientLimits message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ClientLimits
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ClientLimits;

            /**
             * Creates a plain object from a ClientLimits message. Also converts values to other types if specified.
             * @param message ClientLimits
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ClientLimits, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ClientLimits to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ClientLimits {

            /** Properties of a ClientLimits. */
            interface $Properties {

                /** ClientLimits bodyBytes */
                bodyBytes?: (number|null);

                /** ClientLimits messagesPerSecond */
                messagesPerSecond?: (number|null);

                /** ClientLimits messageBurst */
                messageBurst?: (number|null);

                /** ClientLimits outstandingPerConversation */
                outstandingPerConversation?: (number|null);

                /** ClientLimits syncRows */
                syncRows?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ClientLimits. */
            type $Shape = bubble.wire.ClientLimits.$Properties;
        }

        /**
         * Properties of a ManifestBody.
         * @deprecated Use bubble.wire.ManifestBody.$Properties instead.
         */
        interface IManifestBody extends bubble.wire.ManifestBody.$Properties {
        }

        /** Represents a ManifestBody. */
        class ManifestBody {

            /**
             * Constructs a new ManifestBody.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ManifestBody.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ManifestBody deployment. */
            deployment: string;

            /** ManifestBody serial. */
            serial: Long;

            /** ManifestBody issuedAtMs. */
            issuedAtMs: Long;

            /** ManifestBody expiresAtMs. */
            expiresAtMs: Long;

            /** ManifestBody minVersion. */
            minVersion: number;

            /** ManifestBody suites. */
            suites: number[];

            /** ManifestBody keys. */
            keys: bubble.wire.ManifestKey.$Properties[];

            /** ManifestBody retiredKids. */
            retiredKids: number[];

            /**
             * Creates a new ManifestBody instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ManifestBody instance
             */
            static create(properties: bubble.wire.ManifestBody.$Shape): bubble.wire.ManifestBody & bubble.wire.ManifestBody.$Shape;
            static create(properties?: bubble.wire.ManifestBody.$Properties): bubble.wire.ManifestBody;

            /**
             * Encodes the specified ManifestBody message. Does not implicitly {@link bubble.wire.ManifestBody.verify|verify} messages.
             * @param message ManifestBody message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ManifestBody.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ManifestBody message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ManifestBody & bubble.wire.ManifestBody.$Shape} ManifestBody
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ManifestBody & bubble.wire.ManifestBody.$Shape;

            /**
             * Creates a ManifestBody message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ManifestBody
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ManifestBody;

            /**
             * Creates a plain object from a ManifestBody message. Also converts values to other types if specified.
             * @param message ManifestBody
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ManifestBody, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ManifestBody to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ManifestBody {

            /** Properties of a ManifestBody. */
            interface $Properties {

                /** ManifestBody deployment */
                deployment?: (string|null);

                /** ManifestBody serial */
                serial?: (Long|null);

                /** ManifestBody issuedAtMs */
                issuedAtMs?: (Long|null);

                /** ManifestBody expiresAtMs */
                expiresAtMs?: (Long|null);

                /** ManifestBody minVersion */
                minVersion?: (number|null);

                /** ManifestBody suites */
                suites?: (number[]|null);

                /** ManifestBody keys */
                keys?: (bubble.wire.ManifestKey.$Properties[]|null);

                /** ManifestBody retiredKids */
                retiredKids?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ManifestBody. */
            type $Shape = bubble.wire.ManifestBody.$Properties;
        }

        /**
         * Properties of a ManifestKey.
         * @deprecated Use bubble.wire.ManifestKey.$Properties instead.
         */
        interface IManifestKey extends bubble.wire.ManifestKey.$Properties {
        }

        /** Represents a ManifestKey. */
        class ManifestKey {

            /**
             * Constructs a new ManifestKey.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ManifestKey.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ManifestKey kid. */
            kid: number;

            /** ManifestKey suite. */
            suite: number;

            /** ManifestKey key. */
            key: Uint8Array;

            /** ManifestKey notBeforeMs. */
            notBeforeMs: Long;

            /** ManifestKey notAfterMs. */
            notAfterMs: Long;

            /**
             * Creates a new ManifestKey instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ManifestKey instance
             */
            static create(properties: bubble.wire.ManifestKey.$Shape): bubble.wire.ManifestKey & bubble.wire.ManifestKey.$Shape;
            static create(properties?: bubble.wire.ManifestKey.$Properties): bubble.wire.ManifestKey;

            /**
             * Encodes the specified ManifestKey message. Does not implicitly {@link bubble.wire.ManifestKey.verify|verify} messages.
             * @param message ManifestKey message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ManifestKey.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ManifestKey message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ManifestKey & bubble.wire.ManifestKey.$Shape} ManifestKey
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ManifestKey & bubble.wire.ManifestKey.$Shape;

            /**
             * Creates a ManifestKey message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ManifestKey
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ManifestKey;

            /**
             * Creates a plain object from a ManifestKey message. Also converts values to other types if specified.
             * @param message ManifestKey
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ManifestKey, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ManifestKey to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ManifestKey {

            /** Properties of a ManifestKey. */
            interface $Properties {

                /** ManifestKey kid */
                kid?: (number|null);

                /** ManifestKey suite */
                suite?: (number|null);

                /** ManifestKey key */
                key?: (Uint8Array|null);

                /** ManifestKey notBeforeMs */
                notBeforeMs?: (Long|null);

                /** ManifestKey notAfterMs */
                notAfterMs?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ManifestKey. */
            type $Shape = bubble.wire.ManifestKey.$Properties;
        }

        /**
         * Properties of a NewChatMsg.
         * @deprecated Use bubble.wire.NewChatMsg.$Properties instead.
         */
        interface INewChatMsg extends bubble.wire.NewChatMsg.$Properties {
        }

        /** Represents a NewChatMsg. */
        class NewChatMsg {

            /**
             * Constructs a new NewChatMsg.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.NewChatMsg.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** NewChatMsg msgType. */
            msgType: number;

            /** NewChatMsg toUserName. */
            toUserName: string;

            /** NewChatMsg clientMsgId. */
            clientMsgId: Long;

            /** NewChatMsg clientSeq. */
            clientSeq: number;

            /** NewChatMsg createTime. */
            createTime: Long;

            /** NewChatMsg content. */
            content: Uint8Array;

            /** NewChatMsg msgSource. */
            msgSource: string;

            /** NewChatMsg deviceId. */
            deviceId: string;

            /** NewChatMsg osType. */
            osType: string;

            /** NewChatMsg platform. */
            platform: string;

            /** NewChatMsg pushContent. */
            pushContent: string;

            /**
             * Creates a new NewChatMsg instance using the specified properties.
             * @param [properties] Properties to set
             * @returns NewChatMsg instance
             */
            static create(properties: bubble.wire.NewChatMsg.$Shape): bubble.wire.NewChatMsg & bubble.wire.NewChatMsg.$Shape;
            static create(properties?: bubble.wire.NewChatMsg.$Properties): bubble.wire.NewChatMsg;

            /**
             * Encodes the specified NewChatMsg message. Does not implicitly {@link bubble.wire.NewChatMsg.verify|verify} messages.
             * @param message NewChatMsg message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.NewChatMsg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a NewChatMsg message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.NewChatMsg & bubble.wire.NewChatMsg.$Shape} NewChatMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.NewChatMsg & bubble.wire.NewChatMsg.$Shape;

            /**
             * Creates a NewChatMsg message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns NewChatMsg
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.NewChatMsg;

            /**
             * Creates a plain object from a NewChatMsg message. Also converts values to other types if specified.
             * @param message NewChatMsg
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.NewChatMsg, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this NewChatMsg to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace NewChatMsg {

            /** Properties of a NewChatMsg. */
            interface $Properties {

                /** NewChatMsg msgType */
                msgType?: (number|null);

                /** NewChatMsg toUserName */
                toUserName?: (string|null);

                /** NewChatMsg clientMsgId */
                clientMsgId?: (Long|null);

                /** NewChatMsg clientSeq */
                clientSeq?: (number|null);

                /** NewChatMsg createTime */
                createTime?: (Long|null);

                /** NewChatMsg content */
                content?: (Uint8Array|null);

                /** NewChatMsg msgSource */
                msgSource?: (string|null);

                /** NewChatMsg deviceId */
                deviceId?: (string|null);

                /** NewChatMsg osType */
                osType?: (string|null);

                /** NewChatMsg platform */
                platform?: (string|null);

                /** NewChatMsg pushContent */
                pushContent?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a NewChatMsg. */
            type $Shape = bubble.wire.NewChatMsg.$Properties;
        }

        /**
         * Properties of a NewAppMsg.
         * @deprecated Use bubble.wire.NewAppMsg.$Properties instead.
         */
        interface INewAppMsg extends bubble.wire.NewAppMsg.$Properties {
        }

        /** Represents a NewAppMsg. */
        class NewAppMsg {

            /**
             * Constructs a new NewAppMsg.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.NewAppMsg.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** NewAppMsg toUserName. */
            toUserName: string;

            /** NewAppMsg clientMsgId. */
            clientMsgId: Long;

            /** NewAppMsg clientSeq. */
            clientSeq: number;

            /** NewAppMsg createTime. */
            createTime: Long;

            /** NewAppMsg appId. */
            appId: string;

            /** NewAppMsg sdkVersion. */
            sdkVersion: string;

            /** NewAppMsg type. */
            type: number;

            /** NewAppMsg content. */
            content: Uint8Array;

            /** NewAppMsg thumb. */
            thumb: Uint8Array;

            /** NewAppMsg source. */
            source: string;

            /** NewAppMsg remindId. */
            remindId: string;

            /** NewAppMsg shareUrlOriginal. */
            shareUrlOriginal: string;

            /** NewAppMsg shareUrlOpen. */
            shareUrlOpen: string;

            /** NewAppMsg jsAppId. */
            jsAppId: string;

            /** NewAppMsg msgSource. */
            msgSource: string;

            /**
             * Creates a new NewAppMsg instance using the specified properties.
             * @param [properties] Properties to set
             * @returns NewAppMsg instance
             */
            static create(properties: bubble.wire.NewAppMsg.$Shape): bubble.wire.NewAppMsg & bubble.wire.NewAppMsg.$Shape;
            static create(properties?: bubble.wire.NewAppMsg.$Properties): bubble.wire.NewAppMsg;

            /**
             * Encodes the specified NewAppMsg message. Does not implicitly {@link bubble.wire.NewAppMsg.verify|verify} messages.
             * @param message NewAppMsg message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.NewAppMsg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a NewAppMsg message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.NewAppMsg & bubble.wire.NewAppMsg.$Shape} NewAppMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.NewAppMsg & bubble.wire.NewAppMsg.$Shape;

            /**
             * Creates a NewAppMsg message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns NewAppMsg
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.NewAppMsg;

            /**
             * Creates a plain object from a NewAppMsg message. Also converts values to other types if specified.
             * @param message NewAppMsg
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.NewAppMsg, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this NewAppMsg to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace NewAppMsg {

            /** Properties of a NewAppMsg. */
            interface $Properties {

                /** NewAppMsg toUserName */
                toUserName?: (string|null);

                /** NewAppMsg clientMsgId */
                clientMsgId?: (Long|null);

                /** NewAppMsg clientSeq */
                clientSeq?: (number|null);

                /** NewAppMsg createTime */
                createTime?: (Long|null);

                /** NewAppMsg appId */
                appId?: (string|null);

                /** NewAppMsg sdkVersion */
                sdkVersion?: (string|null);

                /** NewAppMsg type */
                type?: (number|null);

                /** NewAppMsg content */
                content?: (Uint8Array|null);

                /** NewAppMsg thumb */
                thumb?: (Uint8Array|null);

                /** NewAppMsg source */
                source?: (string|null);

                /** NewAppMsg remindId */
                remindId?: (string|null);

                /** NewAppMsg shareUrlOriginal */
                shareUrlOriginal?: (string|null);

                /** NewAppMsg shareUrlOpen */
                shareUrlOpen?: (string|null);

                /** NewAppMsg jsAppId */
                jsAppId?: (string|null);

                /** NewAppMsg msgSource */
                msgSource?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a NewAppMsg. */
            type $Shape = bubble.wire.NewAppMsg.$Properties;
        }

        /**
         * Properties of a CommandAck.
         * @deprecated Use bubble.wire.CommandAck.$Properties instead.
         */
        interface ICommandAck extends bubble.wire.CommandAck.$Properties {
        }

        /** Represents a CommandAck. */
        class CommandAck {

            /**
             * Constructs a new CommandAck.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.CommandAck.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandAck ret. */
            ret: number;

            /** CommandAck errMsg. */
            errMsg: string;

            /** CommandAck clientMsgId. */
            clientMsgId: Long;

            /** CommandAck clientSeq. */
            clientSeq: number;

            /** CommandAck createTime. */
            createTime: Long;

            /** CommandAck serverTime. */
            serverTime: Long;

            /** CommandAck serverMsgId. */
            serverMsgId: Long;

            /** CommandAck serverMsgSeq. */
            serverMsgSeq: Long;

            /** CommandAck convSeq. */
            convSeq: Long;

            /** CommandAck toUserName. */
            toUserName: string;

            /** CommandAck duplicate. */
            duplicate: boolean;

            /** CommandAck prevSeq. */
            prevSeq: Long;

            /**
             * Creates a new CommandAck instance using the specified properties.
             * @param [properties] Properties to set
             * @returns CommandAck instance
             */
            static create(properties: bubble.wire.CommandAck.$Shape): bubble.wire.CommandAck & bubble.wire.CommandAck.$Shape;
            static create(properties?: bubble.wire.CommandAck.$Properties): bubble.wire.CommandAck;

            /**
             * Encodes the specified CommandAck message. Does not implicitly {@link bubble.wire.CommandAck.verify|verify} messages.
             * @param message CommandAck message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.CommandAck.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandAck message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.CommandAck & bubble.wire.CommandAck.$Shape} CommandAck
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.CommandAck & bubble.wire.CommandAck.$Shape;

            /**
             * Creates a CommandAck message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns CommandAck
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.CommandAck;

            /**
             * Creates a plain object from a CommandAck message. Also converts values to other types if specified.
             * @param message CommandAck
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.CommandAck, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this CommandAck to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace CommandAck {

            /** Properties of a CommandAck. */
            interface $Properties {

                /** CommandAck ret */
                ret?: (number|null);

                /** CommandAck errMsg */
                errMsg?: (string|null);

                /** CommandAck clientMsgId */
                clientMsgId?: (Long|null);

                /** CommandAck clientSeq */
                clientSeq?: (number|null);

                /** CommandAck createTime */
                createTime?: (Long|null);

                /** CommandAck serverTime */
                serverTime?: (Long|null);

                /** CommandAck serverMsgId */
                serverMsgId?: (Long|null);

                /** CommandAck serverMsgSeq */
                serverMsgSeq?: (Long|null);

                /** CommandAck convSeq */
                convSeq?: (Long|null);

                /** CommandAck toUserName */
                toUserName?: (string|null);

                /** CommandAck duplicate */
                duplicate?: (boolean|null);

                /** CommandAck prevSeq */
                prevSeq?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandAck. */
            type $Shape = bubble.wire.CommandAck.$Properties;
        }

        /**
         * Properties of a MsgReadReq.
         * @deprecated Use bubble.wire.MsgReadReq.$Properties instead.
         */
        interface IMsgReadReq extends bubble.wire.MsgReadReq.$Properties {
        }

        /** Represents a MsgReadReq. */
        class MsgReadReq {

            /**
             * Constructs a new MsgReadReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.MsgReadReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MsgReadReq type. */
            type: bubble.wire.MsgReadReq.Type;

            /** MsgReadReq userName. */
            userName: string;

            /** MsgReadReq serverSeq. */
            serverSeq: Long;

            /** MsgReadReq count. */
            count: number;

            /** MsgReadReq clientMsgId. */
            clientMsgId: Long;

            /** MsgReadReq convSeq. */
            convSeq: Long;

            /**
             * Creates a new MsgReadReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns MsgReadReq instance
             */
            static create(properties: bubble.wire.MsgReadReq.$Shape): bubble.wire.MsgReadReq & bubble.wire.MsgReadReq.$Shape;
            static create(properties?: bubble.wire.MsgReadReq.$Properties): bubble.wire.MsgReadReq;

            /**
             * Encodes the specified MsgReadReq message. Does not implicitly {@link bubble.wire.MsgReadReq.verify|verify} messages.
             * @param message MsgReadReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.MsgReadReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MsgReadReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.MsgReadReq & bubble.wire.MsgReadReq.$Shape} MsgReadReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.MsgReadReq & bubble.wire.MsgReadReq.$Shape;

            /**
             * Creates a MsgReadReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns MsgReadReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.MsgReadReq;

            /**
             * Creates a plain object from a MsgReadReq message. Also converts values to other types if specified.
             * @param message MsgReadReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.MsgReadReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this MsgReadReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace MsgReadReq {

            /** Properties of a MsgReadReq. */
            interface $Properties {

                /** MsgReadReq type */
                type?: (bubble.wire.MsgReadReq.Type|null);

                /** MsgReadReq userName */
                userName?: (string|null);

                /** MsgReadReq serverSeq */
                serverSeq?: (Long|null);

                /** MsgReadReq count */
                count?: (number|null);

                /** MsgReadReq clientMsgId */
                clientMsgId?: (Long|null);

                /** MsgReadReq convSeq */
                convSeq?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MsgReadReq. */
            type $Shape = bubble.wire.MsgReadReq.$Properties;

            /** Type enum. */
            enum Type {

                /** CONVERSATION value */
                CONVERSATION = 0,

                /** ALL value */
                ALL = 1,

                /** RANGE value */
                RANGE = 2
            }
        }

        /**
         * Properties of a RevokeMsgReq.
         * @deprecated Use bubble.wire.RevokeMsgReq.$Properties instead.
         */
        interface IRevokeMsgReq extends bubble.wire.RevokeMsgReq.$Properties {
        }

        /** Represents a RevokeMsgReq. */
        class RevokeMsgReq {

            /**
             * Constructs a new RevokeMsgReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.RevokeMsgReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RevokeMsgReq serverMsgId. */
            serverMsgId: Long;

            /** RevokeMsgReq userName. */
            userName: string;

            /** RevokeMsgReq clientMsgId. */
            clientMsgId: Long;

            /** RevokeMsgReq sender. */
            sender: string;

            /** RevokeMsgReq originalClientMsgId. */
            originalClientMsgId: Long;

            /**
             * Creates a new RevokeMsgReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RevokeMsgReq instance
             */
            static create(properties: bubble.wire.RevokeMsgReq.$Shape): bubble.wire.RevokeMsgReq & bubble.wire.RevokeMsgReq.$Shape;
            static create(properties?: bubble.wire.RevokeMsgReq.$Properties): bubble.wire.RevokeMsgReq;

            /**
             * Encodes the specified RevokeMsgReq message. Does not implicitly {@link bubble.wire.RevokeMsgReq.verify|verify} messages.
             * @param message RevokeMsgReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.RevokeMsgReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RevokeMsgReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.RevokeMsgReq & bubble.wire.RevokeMsgReq.$Shape} RevokeMsgReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.RevokeMsgReq & bubble.wire.RevokeMsgReq.$Shape;

            /**
             * Creates a RevokeMsgReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns RevokeMsgReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.RevokeMsgReq;

            /**
             * Creates a plain object from a RevokeMsgReq message. Also converts values to other types if specified.
             * @param message RevokeMsgReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.RevokeMsgReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this RevokeMsgReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace RevokeMsgReq {

            /** Properties of a RevokeMsgReq. */
            interface $Properties {

                /** RevokeMsgReq serverMsgId */
                serverMsgId?: (Long|null);

                /** RevokeMsgReq userName */
                userName?: (string|null);

                /** RevokeMsgReq clientMsgId */
                clientMsgId?: (Long|null);

                /** RevokeMsgReq sender */
                sender?: (string|null);

                /** RevokeMsgReq originalClientMsgId */
                originalClientMsgId?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RevokeMsgReq. */
            type $Shape = bubble.wire.RevokeMsgReq.$Properties;
        }

        /**
         * Properties of a GroupReq.
         * @deprecated Use bubble.wire.GroupReq.$Properties instead.
         */
        interface IGroupReq extends bubble.wire.GroupReq.$Properties {
        }

        /** Represents a GroupReq. */
        class GroupReq {

            /**
             * Constructs a new GroupReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.GroupReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupReq clientMsgId. */
            clientMsgId: Long;

            /** GroupReq group. */
            group: string;

            /** GroupReq title. */
            title: string;

            /** GroupReq users. */
            users: string[];

            /** GroupReq creatorStaysOut. */
            creatorStaysOut: boolean;

            /**
             * Creates a new GroupReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupReq instance
             */
            static create(properties: bubble.wire.GroupReq.$Shape): bubble.wire.GroupReq & bubble.wire.GroupReq.$Shape;
            static create(properties?: bubble.wire.GroupReq.$Properties): bubble.wire.GroupReq;

            /**
             * Encodes the specified GroupReq message. Does not implicitly {@link bubble.wire.GroupReq.verify|verify} messages.
             * @param message GroupReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.GroupReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.GroupReq & bubble.wire.GroupReq.$Shape} GroupReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.GroupReq & bubble.wire.GroupReq.$Shape;

            /**
             * Creates a GroupReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GroupReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.GroupReq;

            /**
             * Creates a plain object from a GroupReq message. Also converts values to other types if specified.
             * @param message GroupReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.GroupReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GroupReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GroupReq {

            /** Properties of a GroupReq. */
            interface $Properties {

                /** GroupReq clientMsgId */
                clientMsgId?: (Long|null);

                /** GroupReq group */
                group?: (string|null);

                /** GroupReq title */
                title?: (string|null);

                /** GroupReq users */
                users?: (string[]|null);

                /** GroupReq creatorStaysOut */
                creatorStaysOut?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupReq. */
            type $Shape = bubble.wire.GroupReq.$Properties;
        }

        /**
         * Properties of a SyncMsgReq.
         * @deprecated Use bubble.wire.SyncMsgReq.$Properties instead.
         */
        interface ISyncMsgReq extends bubble.wire.SyncMsgReq.$Properties {
        }

        /** Represents a SyncMsgReq. */
        class SyncMsgReq {

            /**
             * Constructs a new SyncMsgReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.SyncMsgReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncMsgReq serverMsgSeq. */
            serverMsgSeq: Long;

            /** SyncMsgReq count. */
            count: number;

            /** SyncMsgReq until. */
            until: Long;

            /**
             * Creates a new SyncMsgReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncMsgReq instance
             */
            static create(properties: bubble.wire.SyncMsgReq.$Shape): bubble.wire.SyncMsgReq & bubble.wire.SyncMsgReq.$Shape;
            static create(properties?: bubble.wire.SyncMsgReq.$Properties): bubble.wire.SyncMsgReq;

            /**
             * Encodes the specified SyncMsgReq message. Does not implicitly {@link bubble.wire.SyncMsgReq.verify|verify} messages.
             * @param message SyncMsgReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.SyncMsgReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncMsgReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.SyncMsgReq & bubble.wire.SyncMsgReq.$Shape} SyncMsgReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.SyncMsgReq & bubble.wire.SyncMsgReq.$Shape;

            /**
             * Creates a SyncMsgReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SyncMsgReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.SyncMsgReq;

            /**
             * Creates a plain object from a SyncMsgReq message. Also converts values to other types if specified.
             * @param message SyncMsgReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.SyncMsgReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SyncMsgReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace SyncMsgReq {

            /** Properties of a SyncMsgReq. */
            interface $Properties {

                /** SyncMsgReq serverMsgSeq */
                serverMsgSeq?: (Long|null);

                /** SyncMsgReq count */
                count?: (number|null);

                /** SyncMsgReq until */
                until?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncMsgReq. */
            type $Shape = bubble.wire.SyncMsgReq.$Properties;
        }

        /**
         * Properties of a SyncMsgRep.
         * @deprecated Use bubble.wire.SyncMsgRep.$Properties instead.
         */
        interface ISyncMsgRep extends bubble.wire.SyncMsgRep.$Properties {
        }

        /** Represents a SyncMsgRep. */
        class SyncMsgRep {

            /**
             * Constructs a new SyncMsgRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.SyncMsgRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncMsgRep ret. */
            ret: number;

            /** SyncMsgRep errMsg. */
            errMsg: string;

            /** SyncMsgRep msg. */
            msg: bubble.wire.AddMsg.$Properties[];

            /** SyncMsgRep syncedTo. */
            syncedTo: Long;

            /** SyncMsgRep more. */
            more: boolean;

            /**
             * Creates a new SyncMsgRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncMsgRep instance
             */
            static create(properties: bubble.wire.SyncMsgRep.$Shape): bubble.wire.SyncMsgRep & bubble.wire.SyncMsgRep.$Shape;
            static create(properties?: bubble.wire.SyncMsgRep.$Properties): bubble.wire.SyncMsgRep;

            /**
             * Encodes the specified SyncMsgRep message. Does not implicitly {@link bubble.wire.SyncMsgRep.verify|verify} messages.
             * @param message SyncMsgRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.SyncMsgRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncMsgRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.SyncMsgRep & bubble.wire.SyncMsgRep.$Shape} SyncMsgRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.SyncMsgRep & bubble.wire.SyncMsgRep.$Shape;

            /**
             * Creates a SyncMsgRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns SyncMsgRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.SyncMsgRep;

            /**
             * Creates a plain object from a SyncMsgRep message. Also converts values to other types if specified.
             * @param message SyncMsgRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.SyncMsgRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this SyncMsgRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace SyncMsgRep {

            /** Properties of a SyncMsgRep. */
            interface $Properties {

                /** SyncMsgRep ret */
                ret?: (number|null);

                /** SyncMsgRep errMsg */
                errMsg?: (string|null);

                /** SyncMsgRep msg */
                msg?: (bubble.wire.AddMsg.$Properties[]|null);

                /** SyncMsgRep syncedTo */
                syncedTo?: (Long|null);

                /** SyncMsgRep more */
                more?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncMsgRep. */
            type $Shape = bubble.wire.SyncMsgRep.$Properties;
        }

        /**
         * Properties of an UnreadReq.
         * @deprecated Use bubble.wire.UnreadReq.$Properties instead.
         */
        interface IUnreadReq extends bubble.wire.UnreadReq.$Properties {
        }

        /** Represents an UnreadReq. */
        class UnreadReq {

            /**
             * Constructs a new UnreadReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.UnreadReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnreadReq userName. */
            userName: string;

            /**
             * Creates a new UnreadReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns UnreadReq instance
             */
            static create(properties: bubble.wire.UnreadReq.$Shape): bubble.wire.UnreadReq & bubble.wire.UnreadReq.$Shape;
            static create(properties?: bubble.wire.UnreadReq.$Properties): bubble.wire.UnreadReq;

            /**
             * Encodes the specified UnreadReq message. Does not implicitly {@link bubble.wire.UnreadReq.verify|verify} messages.
             * @param message UnreadReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.UnreadReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an UnreadReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.UnreadReq & bubble.wire.UnreadReq.$Shape} UnreadReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.UnreadReq & bubble.wire.UnreadReq.$Shape;

            /**
             * Creates an UnreadReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns UnreadReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.UnreadReq;

            /**
             * Creates a plain object from an UnreadReq message. Also converts values to other types if specified.
             * @param message UnreadReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.UnreadReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this UnreadReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace UnreadReq {

            /** Properties of an UnreadReq. */
            interface $Properties {

                /** UnreadReq userName */
                userName?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an UnreadReq. */
            type $Shape = bubble.wire.UnreadReq.$Properties;
        }

        /**
         * Properties of an UnreadRep.
         * @deprecated Use bubble.wire.UnreadRep.$Properties instead.
         */
        interface IUnreadRep extends bubble.wire.UnreadRep.$Properties {
        }

        /** Represents an UnreadRep. */
        class UnreadRep {

            /**
             * Constructs a new UnreadRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.UnreadRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UnreadRep ret. */
            ret: number;

            /** UnreadRep errMsg. */
            errMsg: string;

            /** UnreadRep conversation. */
            conversation: bubble.wire.ConversationState.$Properties[];

            /** UnreadRep syncedTo. */
            syncedTo: Long;

            /**
             * Creates a new UnreadRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns UnreadRep instance
             */
            static create(properties: bubble.wire.UnreadRep.$Shape): bubble.wire.UnreadRep & bubble.wire.UnreadRep.$Shape;
            static create(properties?: bubble.wire.UnreadRep.$Properties): bubble.wire.UnreadRep;

            /**
             * Encodes the specified UnreadRep message. Does not implicitly {@link bubble.wire.UnreadRep.verify|verify} messages.
             * @param message UnreadRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.UnreadRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an UnreadRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.UnreadRep & bubble.wire.UnreadRep.$Shape} UnreadRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.UnreadRep & bubble.wire.UnreadRep.$Shape;

            /**
             * Creates an UnreadRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns UnreadRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.UnreadRep;

            /**
             * Creates a plain object from an UnreadRep message. Also converts values to other types if specified.
             * @param message UnreadRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.UnreadRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this UnreadRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace UnreadRep {

            /** Properties of an UnreadRep. */
            interface $Properties {

                /** UnreadRep ret */
                ret?: (number|null);

                /** UnreadRep errMsg */
                errMsg?: (string|null);

                /** UnreadRep conversation */
                conversation?: (bubble.wire.ConversationState.$Properties[]|null);

                /** UnreadRep syncedTo */
                syncedTo?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an UnreadRep. */
            type $Shape = bubble.wire.UnreadRep.$Properties;
        }

        /**
         * Properties of a ConversationListReq.
         * @deprecated Use bubble.wire.ConversationListReq.$Properties instead.
         */
        interface IConversationListReq extends bubble.wire.ConversationListReq.$Properties {
        }

        /** Represents a ConversationListReq. */
        class ConversationListReq {

            /**
             * Constructs a new ConversationListReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ConversationListReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConversationListReq lastRows. */
            lastRows: number;

            /**
             * Creates a new ConversationListReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConversationListReq instance
             */
            static create(properties: bubble.wire.ConversationListReq.$Shape): bubble.wire.ConversationListReq & bubble.wire.ConversationListReq.$Shape;
            static create(properties?: bubble.wire.ConversationListReq.$Properties): bubble.wire.ConversationListReq;

            /**
             * Encodes the specified ConversationListReq message. Does not implicitly {@link bubble.wire.ConversationListReq.verify|verify} messages.
             * @param message ConversationListReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ConversationListReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConversationListReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationListReq & bubble.wire.ConversationListReq.$Shape} ConversationListReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ConversationListReq & bubble.wire.ConversationListReq.$Shape;

            /**
             * Creates a ConversationListReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ConversationListReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ConversationListReq;

            /**
             * Creates a plain object from a ConversationListReq message. Also converts values to other types if specified.
             * @param message ConversationListReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ConversationListReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ConversationListReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ConversationListReq {

            /** Properties of a ConversationListReq. */
            interface $Properties {

                /** ConversationListReq lastRows */
                lastRows?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConversationListReq. */
            type $Shape = bubble.wire.ConversationListReq.$Properties;
        }

        /**
         * Properties of a ConversationListRep.
         * @deprecated Use bubble.wire.ConversationListRep.$Properties instead.
         */
        interface IConversationListRep extends bubble.wire.ConversationListRep.$Properties {
        }

        /** Represents a ConversationListRep. */
        class ConversationListRep {

            /**
             * Constructs a new ConversationListRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ConversationListRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConversationListRep ret. */
            ret: number;

            /** ConversationListRep errMsg. */
            errMsg: string;

            /** ConversationListRep conversation. */
            conversation: bubble.wire.ConversationState.$Properties[];

            /** ConversationListRep syncedTo. */
            syncedTo: Long;

            /**
             * Creates a new ConversationListRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConversationListRep instance
             */
            static create(properties: bubble.wire.ConversationListRep.$Shape): bubble.wire.ConversationListRep & bubble.wire.ConversationListRep.$Shape;
            static create(properties?: bubble.wire.ConversationListRep.$Properties): bubble.wire.ConversationListRep;

            /**
             * Encodes the specified ConversationListRep message. Does not implicitly {@link bubble.wire.ConversationListRep.verify|verify} messages.
             * @param message ConversationListRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ConversationListRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConversationListRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationListRep & bubble.wire.ConversationListRep.$Shape} ConversationListRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ConversationListRep & bubble.wire.ConversationListRep.$Shape;

            /**
             * Creates a ConversationListRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ConversationListRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ConversationListRep;

            /**
             * Creates a plain object from a ConversationListRep message. Also converts values to other types if specified.
             * @param message ConversationListRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ConversationListRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ConversationListRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ConversationListRep {

            /** Properties of a ConversationListRep. */
            interface $Properties {

                /** ConversationListRep ret */
                ret?: (number|null);

                /** ConversationListRep errMsg */
                errMsg?: (string|null);

                /** ConversationListRep conversation */
                conversation?: (bubble.wire.ConversationState.$Properties[]|null);

                /** ConversationListRep syncedTo */
                syncedTo?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConversationListRep. */
            type $Shape = bubble.wire.ConversationListRep.$Properties;
        }

        /**
         * Properties of a ConversationState.
         * @deprecated Use bubble.wire.ConversationState.$Properties instead.
         */
        interface IConversationState extends bubble.wire.ConversationState.$Properties {
        }

        /** Represents a ConversationState. */
        class ConversationState {

            /**
             * Constructs a new ConversationState.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ConversationState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConversationState userName. */
            userName: string;

            /** ConversationState isRoom. */
            isRoom: boolean;

            /** ConversationState unread. */
            unread: number;

            /** ConversationState readTo. */
            readTo: Long;

            /** ConversationState newestConvSeq. */
            newestConvSeq: Long;

            /** ConversationState lastRows. */
            lastRows: bubble.wire.AddMsg.$Properties[];

            /** ConversationState peerReadTo. */
            peerReadTo: Long;

            /**
             * Creates a new ConversationState instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConversationState instance
             */
            static create(properties: bubble.wire.ConversationState.$Shape): bubble.wire.ConversationState & bubble.wire.ConversationState.$Shape;
            static create(properties?: bubble.wire.ConversationState.$Properties): bubble.wire.ConversationState;

            /**
             * Encodes the specified ConversationState message. Does not implicitly {@link bubble.wire.ConversationState.verify|verify} messages.
             * @param message ConversationState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ConversationState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConversationState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationState & bubble.wire.ConversationState.$Shape} ConversationState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ConversationState & bubble.wire.ConversationState.$Shape;

            /**
             * Creates a ConversationState message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ConversationState
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ConversationState;

            /**
             * Creates a plain object from a ConversationState message. Also converts values to other types if specified.
             * @param message ConversationState
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ConversationState, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ConversationState to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ConversationState {

            /** Properties of a ConversationState. */
            interface $Properties {

                /** ConversationState userName */
                userName?: (string|null);

                /** ConversationState isRoom */
                isRoom?: (boolean|null);

                /** ConversationState unread */
                unread?: (number|null);

                /** ConversationState readTo */
                readTo?: (Long|null);

                /** ConversationState newestConvSeq */
                newestConvSeq?: (Long|null);

                /** ConversationState lastRows */
                lastRows?: (bubble.wire.AddMsg.$Properties[]|null);

                /** ConversationState peerReadTo */
                peerReadTo?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConversationState. */
            type $Shape = bubble.wire.ConversationState.$Properties;
        }

        /**
         * Properties of a GroupInfoReq.
         * @deprecated Use bubble.wire.GroupInfoReq.$Properties instead.
         */
        interface IGroupInfoReq extends bubble.wire.GroupInfoReq.$Properties {
        }

        /** Represents a GroupInfoReq. */
        class GroupInfoReq {

            /**
             * Constructs a new GroupInfoReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.GroupInfoReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupInfoReq group. */
            group: string;

            /**
             * Creates a new GroupInfoReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupInfoReq instance
             */
            static create(properties: bubble.wire.GroupInfoReq.$Shape): bubble.wire.GroupInfoReq & bubble.wire.GroupInfoReq.$Shape;
            static create(properties?: bubble.wire.GroupInfoReq.$Properties): bubble.wire.GroupInfoReq;

            /**
             * Encodes the specified GroupInfoReq message. Does not implicitly {@link bubble.wire.GroupInfoReq.verify|verify} messages.
             * @param message GroupInfoReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.GroupInfoReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupInfoReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.GroupInfoReq & bubble.wire.GroupInfoReq.$Shape} GroupInfoReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.GroupInfoReq & bubble.wire.GroupInfoReq.$Shape;

            /**
             * Creates a GroupInfoReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GroupInfoReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.GroupInfoReq;

            /**
             * Creates a plain object from a GroupInfoReq message. Also converts values to other types if specified.
             * @param message GroupInfoReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.GroupInfoReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GroupInfoReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GroupInfoReq {

            /** Properties of a GroupInfoReq. */
            interface $Properties {

                /** GroupInfoReq group */
                group?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupInfoReq. */
            type $Shape = bubble.wire.GroupInfoReq.$Properties;
        }

        /**
         * Properties of a GroupInfoRep.
         * @deprecated Use bubble.wire.GroupInfoRep.$Properties instead.
         */
        interface IGroupInfoRep extends bubble.wire.GroupInfoRep.$Properties {
        }

        /** Represents a GroupInfoRep. */
        class GroupInfoRep {

            /**
             * Constructs a new GroupInfoRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.GroupInfoRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupInfoRep ret. */
            ret: number;

            /** GroupInfoRep errMsg. */
            errMsg: string;

            /** GroupInfoRep group. */
            group: string;

            /** GroupInfoRep title. */
            title: string;

            /** GroupInfoRep owner. */
            owner: string;

            /** GroupInfoRep members. */
            members: string[];

            /**
             * Creates a new GroupInfoRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns GroupInfoRep instance
             */
            static create(properties: bubble.wire.GroupInfoRep.$Shape): bubble.wire.GroupInfoRep & bubble.wire.GroupInfoRep.$Shape;
            static create(properties?: bubble.wire.GroupInfoRep.$Properties): bubble.wire.GroupInfoRep;

            /**
             * Encodes the specified GroupInfoRep message. Does not implicitly {@link bubble.wire.GroupInfoRep.verify|verify} messages.
             * @param message GroupInfoRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.GroupInfoRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupInfoRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.GroupInfoRep & bubble.wire.GroupInfoRep.$Shape} GroupInfoRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.GroupInfoRep & bubble.wire.GroupInfoRep.$Shape;

            /**
             * Creates a GroupInfoRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns GroupInfoRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.GroupInfoRep;

            /**
             * Creates a plain object from a GroupInfoRep message. Also converts values to other types if specified.
             * @param message GroupInfoRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.GroupInfoRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this GroupInfoRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace GroupInfoRep {

            /** Properties of a GroupInfoRep. */
            interface $Properties {

                /** GroupInfoRep ret */
                ret?: (number|null);

                /** GroupInfoRep errMsg */
                errMsg?: (string|null);

                /** GroupInfoRep group */
                group?: (string|null);

                /** GroupInfoRep title */
                title?: (string|null);

                /** GroupInfoRep owner */
                owner?: (string|null);

                /** GroupInfoRep members */
                members?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupInfoRep. */
            type $Shape = bubble.wire.GroupInfoRep.$Properties;
        }

        /** RowKind enum. */
        enum RowKind {

            /** MESSAGE value */
            MESSAGE = 0,

            /** READ value */
            READ = 1,

            /** RECALL value */
            RECALL = 2,

            /** MEMBERSHIP value */
            MEMBERSHIP = 3,

            /** REJECTED value */
            REJECTED = 4,

            /** PLACEHOLDER value */
            PLACEHOLDER = 5,

            /** EDIT value */
            EDIT = 6,

            /** REACTION value */
            REACTION = 7
        }

        /** MembershipChange enum. */
        enum MembershipChange {

            /** NONE value */
            NONE = 0,

            /** CREATED value */
            CREATED = 1,

            /** JOINED value */
            JOINED = 2,

            /** LEFT value */
            LEFT = 3,

            /** INVITED value */
            INVITED = 4,

            /** KICKED value */
            KICKED = 5,

            /** DISMISSED value */
            DISMISSED = 6
        }

        /**
         * Properties of an AddMsg.
         * @deprecated Use bubble.wire.AddMsg.$Properties instead.
         */
        interface IAddMsg extends bubble.wire.AddMsg.$Properties {
        }

        /** Represents an AddMsg. */
        class AddMsg {

            /**
             * Constructs a new AddMsg.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.AddMsg.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AddMsg msgId. */
            msgId: Long;

            /** AddMsg fromUserName. */
            fromUserName: string;

            /** AddMsg toUserName. */
            toUserName: string;

            /** AddMsg msgType. */
            msgType: number;

            /** AddMsg content. */
            content: Uint8Array;

            /** AddMsg status. */
            status: number;

            /** AddMsg createTime. */
            createTime: Long;

            /** AddMsg msgSource. */
            msgSource: string;

            /** AddMsg pushContent. */
            pushContent: string;

            /** AddMsg serverMsgId. */
            serverMsgId: Long;

            /** AddMsg serverMsgSeq. */
            serverMsgSeq: Long;

            /** AddMsg clientMsgId. */
            clientMsgId: Long;

            /** AddMsg clientSeq. */
            clientSeq: number;

            /** AddMsg convSeq. */
            convSeq: Long;

            /** AddMsg kind. */
            kind: bubble.wire.RowKind;

            /** AddMsg isRoom. */
            isRoom: boolean;

            /** AddMsg reference. */
            reference?: (bubble.wire.Reference.$Properties|null);

            /** AddMsg serverTime. */
            serverTime: Long;

            /** AddMsg membership. */
            membership?: (bubble.wire.Membership.$Properties|null);

            /** AddMsg deviceId. */
            deviceId: string;

            /** AddMsg own. */
            own: boolean;

            /** AddMsg prevSeq. */
            prevSeq: Long;

            /**
             * Creates a new AddMsg instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AddMsg instance
             */
            static create(properties: bubble.wire.AddMsg.$Shape): bubble.wire.AddMsg & bubble.wire.AddMsg.$Shape;
            static create(properties?: bubble.wire.AddMsg.$Properties): bubble.wire.AddMsg;

            /**
             * Encodes the specified AddMsg message. Does not implicitly {@link bubble.wire.AddMsg.verify|verify} messages.
             * @param message AddMsg message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.AddMsg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AddMsg message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.AddMsg & bubble.wire.AddMsg.$Shape} AddMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.AddMsg & bubble.wire.AddMsg.$Shape;

            /**
             * Creates an AddMsg message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns AddMsg
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.AddMsg;

            /**
             * Creates a plain object from an AddMsg message. Also converts values to other types if specified.
             * @param message AddMsg
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.AddMsg, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this AddMsg to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace AddMsg {

            /** Properties of an AddMsg. */
            interface $Properties {

                /** AddMsg msgId */
                msgId?: (Long|null);

                /** AddMsg fromUserName */
                fromUserName?: (string|null);

                /** AddMsg toUserName */
                toUserName?: (string|null);

                /** AddMsg msgType */
                msgType?: (number|null);

                /** AddMsg content */
                content?: (Uint8Array|null);

                /** AddMsg status */
                status?: (number|null);

                /** AddMsg createTime */
                createTime?: (Long|null);

                /** AddMsg msgSource */
                msgSource?: (string|null);

                /** AddMsg pushContent */
                pushContent?: (string|null);

                /** AddMsg serverMsgId */
                serverMsgId?: (Long|null);

                /** AddMsg serverMsgSeq */
                serverMsgSeq?: (Long|null);

                /** AddMsg clientMsgId */
                clientMsgId?: (Long|null);

                /** AddMsg clientSeq */
                clientSeq?: (number|null);

                /** AddMsg convSeq */
                convSeq?: (Long|null);

                /** AddMsg kind */
                kind?: (bubble.wire.RowKind|null);

                /** AddMsg isRoom */
                isRoom?: (boolean|null);

                /** AddMsg reference */
                reference?: (bubble.wire.Reference.$Properties|null);

                /** AddMsg serverTime */
                serverTime?: (Long|null);

                /** AddMsg membership */
                membership?: (bubble.wire.Membership.$Properties|null);

                /** AddMsg deviceId */
                deviceId?: (string|null);

                /** AddMsg own */
                own?: (boolean|null);

                /** AddMsg prevSeq */
                prevSeq?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AddMsg. */
            type $Shape = bubble.wire.AddMsg.$Properties;
        }

        /**
         * Properties of a Reference.
         * @deprecated Use bubble.wire.Reference.$Properties instead.
         */
        interface IReference extends bubble.wire.Reference.$Properties {
        }

        /** Represents a Reference. */
        class Reference {

            /**
             * Constructs a new Reference.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.Reference.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reference serverMsgId. */
            serverMsgId: Long;

            /** Reference sender. */
            sender: string;

            /** Reference clientMsgId. */
            clientMsgId: Long;

            /** Reference convSeq. */
            convSeq: Long;

            /**
             * Creates a new Reference instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Reference instance
             */
            static create(properties: bubble.wire.Reference.$Shape): bubble.wire.Reference & bubble.wire.Reference.$Shape;
            static create(properties?: bubble.wire.Reference.$Properties): bubble.wire.Reference;

            /**
             * Encodes the specified Reference message. Does not implicitly {@link bubble.wire.Reference.verify|verify} messages.
             * @param message Reference message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.Reference.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reference message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.Reference & bubble.wire.Reference.$Shape} Reference
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.Reference & bubble.wire.Reference.$Shape;

            /**
             * Creates a Reference message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Reference
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.Reference;

            /**
             * Creates a plain object from a Reference message. Also converts values to other types if specified.
             * @param message Reference
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.Reference, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Reference to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Reference {

            /** Properties of a Reference. */
            interface $Properties {

                /** Reference serverMsgId */
                serverMsgId?: (Long|null);

                /** Reference sender */
                sender?: (string|null);

                /** Reference clientMsgId */
                clientMsgId?: (Long|null);

                /** Reference convSeq */
                convSeq?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Reference. */
            type $Shape = bubble.wire.Reference.$Properties;
        }

        /**
         * Properties of a Membership.
         * @deprecated Use bubble.wire.Membership.$Properties instead.
         */
        interface IMembership extends bubble.wire.Membership.$Properties {
        }

        /** Represents a Membership. */
        class Membership {

            /**
             * Constructs a new Membership.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.Membership.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Membership change. */
            change: bubble.wire.MembershipChange;

            /** Membership users. */
            users: string[];

            /** Membership title. */
            title: string;

            /** Membership memberCount. */
            memberCount: number;

            /**
             * Creates a new Membership instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Membership instance
             */
            static create(properties: bubble.wire.Membership.$Shape): bubble.wire.Membership & bubble.wire.Membership.$Shape;
            static create(properties?: bubble.wire.Membership.$Properties): bubble.wire.Membership;

            /**
             * Encodes the specified Membership message. Does not implicitly {@link bubble.wire.Membership.verify|verify} messages.
             * @param message Membership message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.Membership.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Membership message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.Membership & bubble.wire.Membership.$Shape} Membership
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.Membership & bubble.wire.Membership.$Shape;

            /**
             * Creates a Membership message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns Membership
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.Membership;

            /**
             * Creates a plain object from a Membership message. Also converts values to other types if specified.
             * @param message Membership
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.Membership, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this Membership to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace Membership {

            /** Properties of a Membership. */
            interface $Properties {

                /** Membership change */
                change?: (bubble.wire.MembershipChange|null);

                /** Membership users */
                users?: (string[]|null);

                /** Membership title */
                title?: (string|null);

                /** Membership memberCount */
                memberCount?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Membership. */
            type $Shape = bubble.wire.Membership.$Properties;
        }

        /**
         * Properties of a PushMsg.
         * @deprecated Use bubble.wire.PushMsg.$Properties instead.
         */
        interface IPushMsg extends bubble.wire.PushMsg.$Properties {
        }

        /** Represents a PushMsg. */
        class PushMsg {

            /**
             * Constructs a new PushMsg.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.PushMsg.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PushMsg msg. */
            msg: bubble.wire.AddMsg.$Properties[];

            /**
             * Creates a new PushMsg instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PushMsg instance
             */
            static create(properties: bubble.wire.PushMsg.$Shape): bubble.wire.PushMsg & bubble.wire.PushMsg.$Shape;
            static create(properties?: bubble.wire.PushMsg.$Properties): bubble.wire.PushMsg;

            /**
             * Encodes the specified PushMsg message. Does not implicitly {@link bubble.wire.PushMsg.verify|verify} messages.
             * @param message PushMsg message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.PushMsg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PushMsg message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.PushMsg & bubble.wire.PushMsg.$Shape} PushMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.PushMsg & bubble.wire.PushMsg.$Shape;

            /**
             * Creates a PushMsg message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns PushMsg
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.PushMsg;

            /**
             * Creates a plain object from a PushMsg message. Also converts values to other types if specified.
             * @param message PushMsg
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.PushMsg, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this PushMsg to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace PushMsg {

            /** Properties of a PushMsg. */
            interface $Properties {

                /** PushMsg msg */
                msg?: (bubble.wire.AddMsg.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PushMsg. */
            type $Shape = bubble.wire.PushMsg.$Properties;
        }

        /**
         * Properties of a HeartbeatReq.
         * @deprecated Use bubble.wire.HeartbeatReq.$Properties instead.
         */
        interface IHeartbeatReq extends bubble.wire.HeartbeatReq.$Properties {
        }

        /** Represents a HeartbeatReq. */
        class HeartbeatReq {

            /**
             * Constructs a new HeartbeatReq.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.HeartbeatReq.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeartbeatReq completeTo. */
            completeTo: Long;

            /**
             * Creates a new HeartbeatReq instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeartbeatReq instance
             */
            static create(properties: bubble.wire.HeartbeatReq.$Shape): bubble.wire.HeartbeatReq & bubble.wire.HeartbeatReq.$Shape;
            static create(properties?: bubble.wire.HeartbeatReq.$Properties): bubble.wire.HeartbeatReq;

            /**
             * Encodes the specified HeartbeatReq message. Does not implicitly {@link bubble.wire.HeartbeatReq.verify|verify} messages.
             * @param message HeartbeatReq message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.HeartbeatReq.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeartbeatReq message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.HeartbeatReq & bubble.wire.HeartbeatReq.$Shape} HeartbeatReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.HeartbeatReq & bubble.wire.HeartbeatReq.$Shape;

            /**
             * Creates a HeartbeatReq message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns HeartbeatReq
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.HeartbeatReq;

            /**
             * Creates a plain object from a HeartbeatReq message. Also converts values to other types if specified.
             * @param message HeartbeatReq
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.HeartbeatReq, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this HeartbeatReq to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace HeartbeatReq {

            /** Properties of a HeartbeatReq. */
            interface $Properties {

                /** HeartbeatReq completeTo */
                completeTo?: (Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeartbeatReq. */
            type $Shape = bubble.wire.HeartbeatReq.$Properties;
        }

        /**
         * Properties of a HeartbeatRep.
         * @deprecated Use bubble.wire.HeartbeatRep.$Properties instead.
         */
        interface IHeartbeatRep extends bubble.wire.HeartbeatRep.$Properties {
        }

        /** Represents a HeartbeatRep. */
        class HeartbeatRep {

            /**
             * Constructs a new HeartbeatRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.HeartbeatRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** HeartbeatRep serverTime. */
            serverTime: Long;

            /** HeartbeatRep newestSeq. */
            newestSeq: Long;

            /** HeartbeatRep provenTo. */
            provenTo: Long;

            /** HeartbeatRep unproven. */
            unproven: boolean;

            /**
             * Creates a new HeartbeatRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns HeartbeatRep instance
             */
            static create(properties: bubble.wire.HeartbeatRep.$Shape): bubble.wire.HeartbeatRep & bubble.wire.HeartbeatRep.$Shape;
            static create(properties?: bubble.wire.HeartbeatRep.$Properties): bubble.wire.HeartbeatRep;

            /**
             * Encodes the specified HeartbeatRep message. Does not implicitly {@link bubble.wire.HeartbeatRep.verify|verify} messages.
             * @param message HeartbeatRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.HeartbeatRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a HeartbeatRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.HeartbeatRep & bubble.wire.HeartbeatRep.$Shape} HeartbeatRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.HeartbeatRep & bubble.wire.HeartbeatRep.$Shape;

            /**
             * Creates a HeartbeatRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns HeartbeatRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.HeartbeatRep;

            /**
             * Creates a plain object from a HeartbeatRep message. Also converts values to other types if specified.
             * @param message HeartbeatRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.HeartbeatRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this HeartbeatRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace HeartbeatRep {

            /** Properties of a HeartbeatRep. */
            interface $Properties {

                /** HeartbeatRep serverTime */
                serverTime?: (Long|null);

                /** HeartbeatRep newestSeq */
                newestSeq?: (Long|null);

                /** HeartbeatRep provenTo */
                provenTo?: (Long|null);

                /** HeartbeatRep unproven */
                unproven?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a HeartbeatRep. */
            type $Shape = bubble.wire.HeartbeatRep.$Properties;
        }

        /**
         * Properties of a DisconnectMsg.
         * @deprecated Use bubble.wire.DisconnectMsg.$Properties instead.
         */
        interface IDisconnectMsg extends bubble.wire.DisconnectMsg.$Properties {
        }

        /** Represents a DisconnectMsg. */
        class DisconnectMsg {

            /**
             * Constructs a new DisconnectMsg.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.DisconnectMsg.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DisconnectMsg code. */
            code: number;

            /** DisconnectMsg reason. */
            reason: string;

            /** DisconnectMsg retryAfterMs. */
            retryAfterMs: number;

            /**
             * Creates a new DisconnectMsg instance using the specified properties.
             * @param [properties] Properties to set
             * @returns DisconnectMsg instance
             */
            static create(properties: bubble.wire.DisconnectMsg.$Shape): bubble.wire.DisconnectMsg & bubble.wire.DisconnectMsg.$Shape;
            static create(properties?: bubble.wire.DisconnectMsg.$Properties): bubble.wire.DisconnectMsg;

            /**
             * Encodes the specified DisconnectMsg message. Does not implicitly {@link bubble.wire.DisconnectMsg.verify|verify} messages.
             * @param message DisconnectMsg message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.DisconnectMsg.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DisconnectMsg message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.DisconnectMsg & bubble.wire.DisconnectMsg.$Shape} DisconnectMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.DisconnectMsg & bubble.wire.DisconnectMsg.$Shape;

            /**
             * Creates a DisconnectMsg message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns DisconnectMsg
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.DisconnectMsg;

            /**
             * Creates a plain object from a DisconnectMsg message. Also converts values to other types if specified.
             * @param message DisconnectMsg
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.DisconnectMsg, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this DisconnectMsg to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace DisconnectMsg {

            /** Properties of a DisconnectMsg. */
            interface $Properties {

                /** DisconnectMsg code */
                code?: (number|null);

                /** DisconnectMsg reason */
                reason?: (string|null);

                /** DisconnectMsg retryAfterMs */
                retryAfterMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DisconnectMsg. */
            type $Shape = bubble.wire.DisconnectMsg.$Properties;
        }

        /**
         * Properties of an ErrorRep.
         * @deprecated Use bubble.wire.ErrorRep.$Properties instead.
         */
        interface IErrorRep extends bubble.wire.ErrorRep.$Properties {
        }

        /** Represents an ErrorRep. */
        class ErrorRep {

            /**
             * Constructs a new ErrorRep.
             * @param [properties] Properties to set
             */
            constructor(properties?: bubble.wire.ErrorRep.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ErrorRep ret. */
            ret: number;

            /** ErrorRep errMsg. */
            errMsg: string;

            /** ErrorRep retryAfterMs. */
            retryAfterMs: number;

            /**
             * Creates a new ErrorRep instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ErrorRep instance
             */
            static create(properties: bubble.wire.ErrorRep.$Shape): bubble.wire.ErrorRep & bubble.wire.ErrorRep.$Shape;
            static create(properties?: bubble.wire.ErrorRep.$Properties): bubble.wire.ErrorRep;

            /**
             * Encodes the specified ErrorRep message. Does not implicitly {@link bubble.wire.ErrorRep.verify|verify} messages.
             * @param message ErrorRep message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: bubble.wire.ErrorRep.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ErrorRep message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {bubble.wire.ErrorRep & bubble.wire.ErrorRep.$Shape} ErrorRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): bubble.wire.ErrorRep & bubble.wire.ErrorRep.$Shape;

            /**
             * Creates an ErrorRep message from a plain object. Also converts values to their respective internal types.
             * @param object Plain object
             * @returns ErrorRep
             */
            static fromObject(object: { [k: string]: any }): bubble.wire.ErrorRep;

            /**
             * Creates a plain object from an ErrorRep message. Also converts values to other types if specified.
             * @param message ErrorRep
             * @param [options] Conversion options
             * @returns Plain object
             */
            static toObject(message: bubble.wire.ErrorRep, options?: $protobuf.IConversionOptions): { [k: string]: any };

            /**
             * Converts this ErrorRep to JSON.
             * @returns JSON object
             */
            toJSON(): { [k: string]: any };
        }

        namespace ErrorRep {

            /** Properties of an ErrorRep. */
            interface $Properties {

                /** ErrorRep ret */
                ret?: (number|null);

                /** ErrorRep errMsg */
                errMsg?: (string|null);

                /** ErrorRep retryAfterMs */
                retryAfterMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an ErrorRep. */
            type $Shape = bubble.wire.ErrorRep.$Properties;
        }
    }
}
