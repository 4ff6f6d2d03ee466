/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $String = $util.global.String, $Array = $util.global.Array, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const bubble = $root.bubble = (() => {

    /**
     * Namespace bubble.
     * @exports bubble
     * @namespace
     */
    const bubble = {};

    bubble.wire = (function() {

        /**
         * Namespace wire.
         * @memberof bubble
         * @namespace
         */
        const wire = {};

        wire.ClientInfo = (function() {

            /**
             * Properties of a ClientInfo.
             * @typedef {Object} bubble.wire.ClientInfo.$Properties
             * @property {Uint8Array|null} [aesData] ClientInfo aesData
             * @property {Uint8Array|null} [rsaData] ClientInfo rsaData
             * @property {number|null} [suite] ClientInfo suite
             * @property {number|null} [kid] ClientInfo kid
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ClientInfo.
             * @memberof bubble.wire
             * @interface IClientInfo
             * @augments bubble.wire.ClientInfo.$Properties
             * @deprecated Use bubble.wire.ClientInfo.$Properties instead.
             */

            /**
             * Shape of a ClientInfo.
             * @typedef {bubble.wire.ClientInfo.$Properties} bubble.wire.ClientInfo.$Shape
             */

            /**
             * Constructs a new ClientInfo.
             * @memberof bubble.wire
             * @classdesc Represents a ClientInfo.
             * @constructor
             * @param {bubble.wire.ClientInfo.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ClientInfo = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ClientInfo aesData.
             * @member {Uint8Array} aesData
             * @memberof bubble.wire.ClientInfo
             * @instance
             */
            ClientInfo.prototype.aesData = $util.newBuffer([]);

            /**
             * ClientInfo rsaData.
             * @member {Uint8Array} rsaData
             * @memberof bubble.wire.ClientInfo
             * @instance
             */
            ClientInfo.prototype.rsaData = $util.newBuffer([]);

            /**
             * ClientInfo suite.
             * @member {number} suite
             * @memberof bubble.wire.ClientInfo
             * @instance
             */
            ClientInfo.prototype.suite = 0;

            /**
             * ClientInfo kid.
             * @member {number} kid
             * @memberof bubble.wire.ClientInfo
             * @instance
             */
            ClientInfo.prototype.kid = 0;

            /**
             * Creates a new ClientInfo instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ClientInfo
             * @static
             * @param {bubble.wire.ClientInfo.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ClientInfo} ClientInfo instance
             * @type {{
             *   (properties: bubble.wire.ClientInfo.$Shape): bubble.wire.ClientInfo & bubble.wire.ClientInfo.$Shape;
             *   (properties?: bubble.wire.ClientInfo.$Properties): bubble.wire.ClientInfo;
             * }}
             */
            ClientInfo.create = function(properties) {
                return new ClientInfo(properties);
            };

            /**
             * Encodes the specified ClientInfo message. Does not implicitly {@link bubble.wire.ClientInfo.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ClientInfo
             * @static
             * @param {bubble.wire.ClientInfo.$Properties} message ClientInfo message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ClientInfo.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.aesData != null && $Object.hasOwnProperty.call(message, "aesData") && message.aesData.length)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.aesData);
                if (message.rsaData != null && $Object.hasOwnProperty.call(message, "rsaData") && message.rsaData.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.rsaData);
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite") && message.suite !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.suite);
                if (message.kid != null && $Object.hasOwnProperty.call(message, "kid") && message.kid !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.kid);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ClientInfo message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ClientInfo
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ClientInfo & bubble.wire.ClientInfo.$Shape} ClientInfo
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ClientInfo.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ClientInfo();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.aesData = value;
                            else
                                delete message.aesData;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.rsaData = value;
                            else
                                delete message.rsaData;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.suite = value;
                            else
                                delete message.suite;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.kid = value;
                            else
                                delete message.kid;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ClientInfo message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ClientInfo
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ClientInfo} ClientInfo
             */
            ClientInfo.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ClientInfo)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ClientInfo: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ClientInfo();
                if (object.aesData != null)
                    if (object.aesData.length)
                        if (typeof object.aesData === "string")
                            $util.base64.decode(object.aesData, message.aesData = $util.newBuffer($util.base64.length(object.aesData)), 0);
                        else if (object.aesData.length >= 0)
                            message.aesData = object.aesData;
                if (object.rsaData != null)
                    if (object.rsaData.length)
                        if (typeof object.rsaData === "string")
                            $util.base64.decode(object.rsaData, message.rsaData = $util.newBuffer($util.base64.length(object.rsaData)), 0);
                        else if (object.rsaData.length >= 0)
                            message.rsaData = object.rsaData;
                if (object.suite != null)
                    if ($Number(object.suite) !== 0)
                        message.suite = object.suite >>> 0;
                if (object.kid != null)
                    if ($Number(object.kid) !== 0)
                        message.kid = object.kid >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a ClientInfo message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ClientInfo
             * @static
             * @param {bubble.wire.ClientInfo} message ClientInfo
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ClientInfo.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if (options.bytes === $String)
                        object.aesData = "";
                    else {
                        object.aesData = [];
                        if (options.bytes !== $Array)
                            object.aesData = $util.newBuffer(object.aesData);
                    }
                    if (options.bytes === $String)
                        object.rsaData = "";
                    else {
                        object.rsaData = [];
                        if (options.bytes !== $Array)
                            object.rsaData = $util.newBuffer(object.rsaData);
                    }
                    object.suite = 0;
                    object.kid = 0;
                }
                if (message.aesData != null && $Object.hasOwnProperty.call(message, "aesData"))
                    object.aesData = options.bytes === $String ? $util.base64.encode(message.aesData, 0, message.aesData.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.aesData) : message.aesData;
                if (message.rsaData != null && $Object.hasOwnProperty.call(message, "rsaData"))
                    object.rsaData = options.bytes === $String ? $util.base64.encode(message.rsaData, 0, message.rsaData.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.rsaData) : message.rsaData;
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite"))
                    object.suite = message.suite;
                if (message.kid != null && $Object.hasOwnProperty.call(message, "kid"))
                    object.kid = message.kid;
                return object;
            };

            /**
             * Converts this ClientInfo to JSON.
             * @function toJSON
             * @memberof bubble.wire.ClientInfo
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ClientInfo.prototype.toJSON = function() {
                return ClientInfo.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ClientInfo;
        })();

        wire.AesReqData = (function() {

            /**
             * Properties of an AesReqData.
             * @typedef {Object} bubble.wire.AesReqData.$Properties
             * @property {number|null} [clientVersion] AesReqData clientVersion
             * @property {string|null} [uin] AesReqData uin
             * @property {Uint8Array|null} [autoAuthKey] AesReqData autoAuthKey
             * @property {string|null} [deviceId] AesReqData deviceId
             * @property {string|null} [deviceType] AesReqData deviceType
             * @property {string|null} [deviceName] AesReqData deviceName
             * @property {string|null} [imei] AesReqData imei
             * @property {number|null} [timeZone] AesReqData timeZone
             * @property {string|null} [language] AesReqData language
             * @property {Long|null} [timestampMs] AesReqData timestampMs
             * @property {string|null} [token] AesReqData token
             * @property {Uint8Array|null} [deviceSig] AesReqData deviceSig
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AesReqData.
             * @memberof bubble.wire
             * @interface IAesReqData
             * @augments bubble.wire.AesReqData.$Properties
             * @deprecated Use bubble.wire.AesReqData.$Properties instead.
             */

            /**
             * Shape of an AesReqData.
             * @typedef {bubble.wire.AesReqData.$Properties} bubble.wire.AesReqData.$Shape
             */

            /**
             * Constructs a new AesReqData.
             * @memberof bubble.wire
             * @classdesc Represents an AesReqData.
             * @constructor
             * @param {bubble.wire.AesReqData.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AesReqData = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AesReqData clientVersion.
             * @member {number} clientVersion
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.clientVersion = 0;

            /**
             * AesReqData uin.
             * @member {string} uin
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.uin = "";

            /**
             * AesReqData autoAuthKey.
             * @member {Uint8Array} autoAuthKey
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.autoAuthKey = $util.newBuffer([]);

            /**
             * AesReqData deviceId.
             * @member {string} deviceId
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.deviceId = "";

            /**
             * AesReqData deviceType.
             * @member {string} deviceType
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.deviceType = "";

            /**
             * AesReqData deviceName.
             * @member {string} deviceName
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.deviceName = "";

            /**
             * AesReqData imei.
             * @member {string} imei
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.imei = "";

            /**
             * AesReqData timeZone.
             * @member {number} timeZone
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.timeZone = 0;

            /**
             * AesReqData language.
             * @member {string} language
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.language = "";

            /**
             * AesReqData timestampMs.
             * @member {Long} timestampMs
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.timestampMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AesReqData token.
             * @member {string} token
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.token = "";

            /**
             * AesReqData deviceSig.
             * @member {Uint8Array} deviceSig
             * @memberof bubble.wire.AesReqData
             * @instance
             */
            AesReqData.prototype.deviceSig = $util.newBuffer([]);

            /**
             * Creates a new AesReqData instance using the specified properties.
             * @function create
             * @memberof bubble.wire.AesReqData
             * @static
             * @param {bubble.wire.AesReqData.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.AesReqData} AesReqData instance
             * @type {{
             *   (properties: bubble.wire.AesReqData.$Shape): bubble.wire.AesReqData & bubble.wire.AesReqData.$Shape;
             *   (properties?: bubble.wire.AesReqData.$Properties): bubble.wire.AesReqData;
             * }}
             */
            AesReqData.create = function(properties) {
                return new AesReqData(properties);
            };

            /**
             * Encodes the specified AesReqData message. Does not implicitly {@link bubble.wire.AesReqData.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.AesReqData
             * @static
             * @param {bubble.wire.AesReqData.$Properties} message AesReqData message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AesReqData.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.clientVersion != null && $Object.hasOwnProperty.call(message, "clientVersion") && message.clientVersion !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.clientVersion);
                if (message.uin != null && $Object.hasOwnProperty.call(message, "uin") && message.uin !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.uin);
                if (message.autoAuthKey != null && $Object.hasOwnProperty.call(message, "autoAuthKey") && message.autoAuthKey.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.autoAuthKey);
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId") && message.deviceId !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.deviceId);
                if (message.deviceType != null && $Object.hasOwnProperty.call(message, "deviceType") && message.deviceType !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.deviceType);
                if (message.deviceName != null && $Object.hasOwnProperty.call(message, "deviceName") && message.deviceName !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.deviceName);
                if (message.imei != null && $Object.hasOwnProperty.call(message, "imei") && message.imei !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.imei);
                if (message.timeZone != null && $Object.hasOwnProperty.call(message, "timeZone") && message.timeZone !== 0)
                    writer.uint32(/* id 8, wireType 0 =*/64).sint32(message.timeZone);
                if (message.language != null && $Object.hasOwnProperty.call(message, "language") && message.language !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.language);
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs") && (typeof message.timestampMs === "object" ? message.timestampMs.low || message.timestampMs.high : message.timestampMs !== 0))
                    writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.timestampMs);
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.token);
                if (message.deviceSig != null && $Object.hasOwnProperty.call(message, "deviceSig") && message.deviceSig.length)
                    writer.uint32(/* id 12, wireType 2 =*/98).bytes(message.deviceSig);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AesReqData message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.AesReqData
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.AesReqData & bubble.wire.AesReqData.$Shape} AesReqData
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AesReqData.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.AesReqData();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clientVersion = value;
                            else
                                delete message.clientVersion;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.uin = value;
                            else
                                delete message.uin;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.autoAuthKey = value;
                            else
                                delete message.autoAuthKey;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceId = value;
                            else
                                delete message.deviceId;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceType = value;
                            else
                                delete message.deviceType;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceName = value;
                            else
                                delete message.deviceName;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.imei = value;
                            else
                                delete message.imei;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.sint32())
                                message.timeZone = value;
                            else
                                delete message.timeZone;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.language = value;
                            else
                                delete message.language;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.timestampMs = value;
                            else
                                delete message.timestampMs;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.deviceSig = value;
                            else
                                delete message.deviceSig;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AesReqData message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.AesReqData
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.AesReqData} AesReqData
             */
            AesReqData.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.AesReqData)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.AesReqData: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.AesReqData();
                if (object.clientVersion != null)
                    if ($Number(object.clientVersion) !== 0)
                        message.clientVersion = object.clientVersion >>> 0;
                if (object.uin != null)
                    if (typeof object.uin !== "string" || object.uin.length)
                        message.uin = $String(object.uin);
                if (object.autoAuthKey != null)
                    if (object.autoAuthKey.length)
                        if (typeof object.autoAuthKey === "string")
                            $util.base64.decode(object.autoAuthKey, message.autoAuthKey = $util.newBuffer($util.base64.length(object.autoAuthKey)), 0);
                        else if (object.autoAuthKey.length >= 0)
                            message.autoAuthKey = object.autoAuthKey;
                if (object.deviceId != null)
                    if (typeof object.deviceId !== "string" || object.deviceId.length)
                        message.deviceId = $String(object.deviceId);
                if (object.deviceType != null)
                    if (typeof object.deviceType !== "string" || object.deviceType.length)
                        message.deviceType = $String(object.deviceType);
                if (object.deviceName != null)
                    if (typeof object.deviceName !== "string" || object.deviceName.length)
                        message.deviceName = $String(object.deviceName);
                if (object.imei != null)
                    if (typeof object.imei !== "string" || object.imei.length)
                        message.imei = $String(object.imei);
                if (object.timeZone != null)
                    if ($Number(object.timeZone) !== 0)
                        message.timeZone = object.timeZone | 0;
                if (object.language != null)
                    if (typeof object.language !== "string" || object.language.length)
                        message.language = $String(object.language);
                if (object.timestampMs != null)
                    if (typeof object.timestampMs === "object" ? object.timestampMs.low || object.timestampMs.high : $Number(object.timestampMs) !== 0)
                        if ($util.Long)
                            message.timestampMs = $util.Long.fromValue(object.timestampMs, true);
                        else if (typeof object.timestampMs === "string")
                            message.timestampMs = $parseInt(object.timestampMs, 10);
                        else if (typeof object.timestampMs === "number")
                            message.timestampMs = object.timestampMs;
                        else if (typeof object.timestampMs === "object")
                            message.timestampMs = new $util.LongBits(object.timestampMs.low >>> 0, object.timestampMs.high >>> 0).toNumber(true);
                if (object.token != null)
                    if (typeof object.token !== "string" || object.token.length)
                        message.token = $String(object.token);
                if (object.deviceSig != null)
                    if (object.deviceSig.length)
                        if (typeof object.deviceSig === "string")
                            $util.base64.decode(object.deviceSig, message.deviceSig = $util.newBuffer($util.base64.length(object.deviceSig)), 0);
                        else if (object.deviceSig.length >= 0)
                            message.deviceSig = object.deviceSig;
                return message;
            };

            /**
             * Creates a plain object from an AesReqData message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.AesReqData
             * @static
             * @param {bubble.wire.AesReqData} message AesReqData
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AesReqData.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.clientVersion = 0;
                    object.uin = "";
                    if (options.bytes === $String)
                        object.autoAuthKey = "";
                    else {
                        object.autoAuthKey = [];
                        if (options.bytes !== $Array)
                            object.autoAuthKey = $util.newBuffer(object.autoAuthKey);
                    }
                    object.deviceId = "";
                    object.deviceType = "";
                    object.deviceName = "";
                    object.imei = "";
                    object.timeZone = 0;
                    object.language = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.timestampMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.timestampMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.token = "";
                    if (options.bytes === $String)
                        object.deviceSig = "";
                    else {
                        object.deviceSig = [];
                        if (options.bytes !== $Array)
                            object.deviceSig = $util.newBuffer(object.deviceSig);
                    }
                }
                if (message.clientVersion != null && $Object.hasOwnProperty.call(message, "clientVersion"))
                    object.clientVersion = message.clientVersion;
                if (message.uin != null && $Object.hasOwnProperty.call(message, "uin"))
                    object.uin = message.uin;
                if (message.autoAuthKey != null && $Object.hasOwnProperty.call(message, "autoAuthKey"))
                    object.autoAuthKey = options.bytes === $String ? $util.base64.encode(message.autoAuthKey, 0, message.autoAuthKey.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.autoAuthKey) : message.autoAuthKey;
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId"))
                    object.deviceId = message.deviceId;
                if (message.deviceType != null && $Object.hasOwnProperty.call(message, "deviceType"))
                    object.deviceType = message.deviceType;
                if (message.deviceName != null && $Object.hasOwnProperty.call(message, "deviceName"))
                    object.deviceName = message.deviceName;
                if (message.imei != null && $Object.hasOwnProperty.call(message, "imei"))
                    object.imei = message.imei;
                if (message.timeZone != null && $Object.hasOwnProperty.call(message, "timeZone"))
                    object.timeZone = message.timeZone;
                if (message.language != null && $Object.hasOwnProperty.call(message, "language"))
                    object.language = message.language;
                if (message.timestampMs != null && $Object.hasOwnProperty.call(message, "timestampMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.timestampMs = typeof message.timestampMs === "number" ? $BigInt(message.timestampMs) : $util.Long.fromBits(message.timestampMs.low >>> 0, message.timestampMs.high >>> 0, true).toBigInt();
                    else if (typeof message.timestampMs === "number")
                        object.timestampMs = options.longs === $String ? $String(message.timestampMs) : message.timestampMs;
                    else
                        object.timestampMs = options.longs === $String ? $util.Long.prototype.toString.call(message.timestampMs) : options.longs === $Number ? new $util.LongBits(message.timestampMs.low >>> 0, message.timestampMs.high >>> 0).toNumber(true) : message.timestampMs;
                if (message.token != null && $Object.hasOwnProperty.call(message, "token"))
                    object.token = message.token;
                if (message.deviceSig != null && $Object.hasOwnProperty.call(message, "deviceSig"))
                    object.deviceSig = options.bytes === $String ? $util.base64.encode(message.deviceSig, 0, message.deviceSig.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.deviceSig) : message.deviceSig;
                return object;
            };

            /**
             * Converts this AesReqData to JSON.
             * @function toJSON
             * @memberof bubble.wire.AesReqData
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AesReqData.prototype.toJSON = function() {
                return AesReqData.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AesReqData;
        })();

        wire.AuthRet = (function() {

            /**
             * Properties of an AuthRet.
             * @typedef {Object} bubble.wire.AuthRet.$Properties
             * @property {number|null} [ret] AuthRet ret
             * @property {string|null} [errMsg] AuthRet errMsg
             * @property {Uint8Array|null} [authSectResp] AuthRet authSectResp
             * @property {Uint8Array|null} [svrRandom] AuthRet svrRandom
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AuthRet.
             * @memberof bubble.wire
             * @interface IAuthRet
             * @augments bubble.wire.AuthRet.$Properties
             * @deprecated Use bubble.wire.AuthRet.$Properties instead.
             */

            /**
             * Shape of an AuthRet.
             * @typedef {bubble.wire.AuthRet.$Properties} bubble.wire.AuthRet.$Shape
             */

            /**
             * Constructs a new AuthRet.
             * @memberof bubble.wire
             * @classdesc Represents an AuthRet.
             * @constructor
             * @param {bubble.wire.AuthRet.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AuthRet = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AuthRet ret.
             * @member {number} ret
             * @memberof bubble.wire.AuthRet
             * @instance
             */
            AuthRet.prototype.ret = 0;

            /**
             * AuthRet errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.AuthRet
             * @instance
             */
            AuthRet.prototype.errMsg = "";

            /**
             * AuthRet authSectResp.
             * @member {Uint8Array} authSectResp
             * @memberof bubble.wire.AuthRet
             * @instance
             */
            AuthRet.prototype.authSectResp = $util.newBuffer([]);

            /**
             * AuthRet svrRandom.
             * @member {Uint8Array} svrRandom
             * @memberof bubble.wire.AuthRet
             * @instance
             */
            AuthRet.prototype.svrRandom = $util.newBuffer([]);

            /**
             * Creates a new AuthRet instance using the specified properties.
             * @function create
             * @memberof bubble.wire.AuthRet
             * @static
             * @param {bubble.wire.AuthRet.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.AuthRet} AuthRet instance
             * @type {{
             *   (properties: bubble.wire.AuthRet.$Shape): bubble.wire.AuthRet & bubble.wire.AuthRet.$Shape;
             *   (properties?: bubble.wire.AuthRet.$Properties): bubble.wire.AuthRet;
             * }}
             */
            AuthRet.create = function(properties) {
                return new AuthRet(properties);
            };

            /**
             * Encodes the specified AuthRet message. Does not implicitly {@link bubble.wire.AuthRet.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.AuthRet
             * @static
             * @param {bubble.wire.AuthRet.$Properties} message AuthRet message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AuthRet.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.authSectResp != null && $Object.hasOwnProperty.call(message, "authSectResp") && message.authSectResp.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.authSectResp);
                if (message.svrRandom != null && $Object.hasOwnProperty.call(message, "svrRandom") && message.svrRandom.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.svrRandom);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AuthRet message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.AuthRet
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.AuthRet & bubble.wire.AuthRet.$Shape} AuthRet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AuthRet.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.AuthRet();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.authSectResp = value;
                            else
                                delete message.authSectResp;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.svrRandom = value;
                            else
                                delete message.svrRandom;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AuthRet message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.AuthRet
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.AuthRet} AuthRet
             */
            AuthRet.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.AuthRet)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.AuthRet: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.AuthRet();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.authSectResp != null)
                    if (object.authSectResp.length)
                        if (typeof object.authSectResp === "string")
                            $util.base64.decode(object.authSectResp, message.authSectResp = $util.newBuffer($util.base64.length(object.authSectResp)), 0);
                        else if (object.authSectResp.length >= 0)
                            message.authSectResp = object.authSectResp;
                if (object.svrRandom != null)
                    if (object.svrRandom.length)
                        if (typeof object.svrRandom === "string")
                            $util.base64.decode(object.svrRandom, message.svrRandom = $util.newBuffer($util.base64.length(object.svrRandom)), 0);
                        else if (object.svrRandom.length >= 0)
                            message.svrRandom = object.svrRandom;
                return message;
            };

            /**
             * Creates a plain object from an AuthRet message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.AuthRet
             * @static
             * @param {bubble.wire.AuthRet} message AuthRet
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AuthRet.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    if (options.bytes === $String)
                        object.authSectResp = "";
                    else {
                        object.authSectResp = [];
                        if (options.bytes !== $Array)
                            object.authSectResp = $util.newBuffer(object.authSectResp);
                    }
                    if (options.bytes === $String)
                        object.svrRandom = "";
                    else {
                        object.svrRandom = [];
                        if (options.bytes !== $Array)
                            object.svrRandom = $util.newBuffer(object.svrRandom);
                    }
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.authSectResp != null && $Object.hasOwnProperty.call(message, "authSectResp"))
                    object.authSectResp = options.bytes === $String ? $util.base64.encode(message.authSectResp, 0, message.authSectResp.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.authSectResp) : message.authSectResp;
                if (message.svrRandom != null && $Object.hasOwnProperty.call(message, "svrRandom"))
                    object.svrRandom = options.bytes === $String ? $util.base64.encode(message.svrRandom, 0, message.svrRandom.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.svrRandom) : message.svrRandom;
                return object;
            };

            /**
             * Converts this AuthRet to JSON.
             * @function toJSON
             * @memberof bubble.wire.AuthRet
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AuthRet.prototype.toJSON = function() {
                return AuthRet.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AuthRet;
        })();

        wire.AuthSectResp = (function() {

            /**
             * Properties of an AuthSectResp.
             * @typedef {Object} bubble.wire.AuthSectResp.$Properties
             * @property {number|null} [ret] AuthSectResp ret
             * @property {Long|null} [serverTime] AuthSectResp serverTime
             * @property {Uint8Array|null} [svrPubEcdhkey] AuthSectResp svrPubEcdhkey
             * @property {Uint8Array|null} [encSessionKey] AuthSectResp encSessionKey
             * @property {Uint8Array|null} [autoAuthKey] AuthSectResp autoAuthKey
             * @property {number|null} [ticketLifetimeSec] AuthSectResp ticketLifetimeSec
             * @property {string|null} [gate] AuthSectResp gate
             * @property {bubble.wire.ClientLimits.$Properties|null} [limits] AuthSectResp limits
             * @property {number|null} [heartbeatMs] AuthSectResp heartbeatMs
             * @property {Uint8Array|null} [pad] AuthSectResp pad
             * @property {string|null} [tenant] AuthSectResp tenant
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AuthSectResp.
             * @memberof bubble.wire
             * @interface IAuthSectResp
             * @augments bubble.wire.AuthSectResp.$Properties
             * @deprecated Use bubble.wire.AuthSectResp.$Properties instead.
             */

            /**
             * Shape of an AuthSectResp.
             * @typedef {bubble.wire.AuthSectResp.$Properties} bubble.wire.AuthSectResp.$Shape
             */

            /**
             * Constructs a new AuthSectResp.
             * @memberof bubble.wire
             * @classdesc Represents an AuthSectResp.
             * @constructor
             * @param {bubble.wire.AuthSectResp.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AuthSectResp = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AuthSectResp ret.
             * @member {number} ret
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.ret = 0;

            /**
             * AuthSectResp serverTime.
             * @member {Long} serverTime
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.serverTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AuthSectResp svrPubEcdhkey.
             * @member {Uint8Array} svrPubEcdhkey
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.svrPubEcdhkey = $util.newBuffer([]);

            /**
             * AuthSectResp encSessionKey.
             * @member {Uint8Array} encSessionKey
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.encSessionKey = $util.newBuffer([]);

            /**
             * AuthSectResp autoAuthKey.
             * @member {Uint8Array} autoAuthKey
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.autoAuthKey = $util.newBuffer([]);

            /**
             * AuthSectResp ticketLifetimeSec.
             * @member {number} ticketLifetimeSec
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.ticketLifetimeSec = 0;

            /**
             * AuthSectResp gate.
             * @member {string} gate
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.gate = "";

            /**
             * AuthSectResp limits.
             * @member {bubble.wire.ClientLimits.$Properties|null|undefined} limits
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.limits = null;

            /**
             * AuthSectResp heartbeatMs.
             * @member {number} heartbeatMs
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.heartbeatMs = 0;

            /**
             * AuthSectResp pad.
             * @member {Uint8Array} pad
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.pad = $util.newBuffer([]);

            /**
             * AuthSectResp tenant.
             * @member {string} tenant
             * @memberof bubble.wire.AuthSectResp
             * @instance
             */
            AuthSectResp.prototype.tenant = "";

            /**
             * Creates a new AuthSectResp instance using the specified properties.
             * @function create
             * @memberof bubble.wire.AuthSectResp
             * @static
             * @param {bubble.wire.AuthSectResp.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.AuthSectResp} AuthSectResp instance
             * @type {{
             *   (properties: bubble.wire.AuthSectResp.$Shape): bubble.wire.AuthSectResp & bubble.wire.AuthSectResp.$Shape;
             *   (properties?: bubble.wire.AuthSectResp.$Properties): bubble.wire.AuthSectResp;
             * }}
             */
            AuthSectResp.create = function(properties) {
                return new AuthSectResp(properties);
            };

            /**
             * Encodes the specified AuthSectResp message. Does not implicitly {@link bubble.wire.AuthSectResp.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.AuthSectResp
             * @static
             * @param {bubble.wire.AuthSectResp.$Properties} message AuthSectResp message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AuthSectResp.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime") && (typeof message.serverTime === "object" ? message.serverTime.low || message.serverTime.high : message.serverTime !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.serverTime);
                if (message.svrPubEcdhkey != null && $Object.hasOwnProperty.call(message, "svrPubEcdhkey") && message.svrPubEcdhkey.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.svrPubEcdhkey);
                if (message.encSessionKey != null && $Object.hasOwnProperty.call(message, "encSessionKey") && message.encSessionKey.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.encSessionKey);
                if (message.autoAuthKey != null && $Object.hasOwnProperty.call(message, "autoAuthKey") && message.autoAuthKey.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.autoAuthKey);
                if (message.ticketLifetimeSec != null && $Object.hasOwnProperty.call(message, "ticketLifetimeSec") && message.ticketLifetimeSec !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).uint32(message.ticketLifetimeSec);
                if (message.gate != null && $Object.hasOwnProperty.call(message, "gate") && message.gate !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.gate);
                if (message.limits != null && $Object.hasOwnProperty.call(message, "limits"))
                    $root.bubble.wire.ClientLimits.encode(message.limits, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs") && message.heartbeatMs !== 0)
                    writer.uint32(/* id 9, wireType 0 =*/72).uint32(message.heartbeatMs);
                if (message.pad != null && $Object.hasOwnProperty.call(message, "pad") && message.pad.length)
                    writer.uint32(/* id 10, wireType 2 =*/82).bytes(message.pad);
                if (message.tenant != null && $Object.hasOwnProperty.call(message, "tenant") && message.tenant !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.tenant);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AuthSectResp message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.AuthSectResp
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.AuthSectResp & bubble.wire.AuthSectResp.$Shape} AuthSectResp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AuthSectResp.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.AuthSectResp();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverTime = value;
                            else
                                delete message.serverTime;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.svrPubEcdhkey = value;
                            else
                                delete message.svrPubEcdhkey;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.encSessionKey = value;
                            else
                                delete message.encSessionKey;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.autoAuthKey = value;
                            else
                                delete message.autoAuthKey;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.ticketLifetimeSec = value;
                            else
                                delete message.ticketLifetimeSec;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gate = value;
                            else
                                delete message.gate;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.limits = $root.bubble.wire.ClientLimits.decode(reader, reader.size(), $undefined, _depth + 1, message.limits);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.heartbeatMs = value;
                            else
                                delete message.heartbeatMs;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.pad = value;
                            else
                                delete message.pad;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.tenant = value;
                            else
                                delete message.tenant;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AuthSectResp message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.AuthSectResp
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.AuthSectResp} AuthSectResp
             */
            AuthSectResp.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.AuthSectResp)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.AuthSectResp: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.AuthSectResp();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.serverTime != null)
                    if (typeof object.serverTime === "object" ? object.serverTime.low || object.serverTime.high : $Number(object.serverTime) !== 0)
                        if ($util.Long)
                            message.serverTime = $util.Long.fromValue(object.serverTime, true);
                        else if (typeof object.serverTime === "string")
                            message.serverTime = $parseInt(object.serverTime, 10);
                        else if (typeof object.serverTime === "number")
                            message.serverTime = object.serverTime;
                        else if (typeof object.serverTime === "object")
                            message.serverTime = new $util.LongBits(object.serverTime.low >>> 0, object.serverTime.high >>> 0).toNumber(true);
                if (object.svrPubEcdhkey != null)
                    if (object.svrPubEcdhkey.length)
                        if (typeof object.svrPubEcdhkey === "string")
                            $util.base64.decode(object.svrPubEcdhkey, message.svrPubEcdhkey = $util.newBuffer($util.base64.length(object.svrPubEcdhkey)), 0);
                        else if (object.svrPubEcdhkey.length >= 0)
                            message.svrPubEcdhkey = object.svrPubEcdhkey;
                if (object.encSessionKey != null)
                    if (object.encSessionKey.length)
                        if (typeof object.encSessionKey === "string")
                            $util.base64.decode(object.encSessionKey, message.encSessionKey = $util.newBuffer($util.base64.length(object.encSessionKey)), 0);
                        else if (object.encSessionKey.length >= 0)
                            message.encSessionKey = object.encSessionKey;
                if (object.autoAuthKey != null)
                    if (object.autoAuthKey.length)
                        if (typeof object.autoAuthKey === "string")
                            $util.base64.decode(object.autoAuthKey, message.autoAuthKey = $util.newBuffer($util.base64.length(object.autoAuthKey)), 0);
                        else if (object.autoAuthKey.length >= 0)
                            message.autoAuthKey = object.autoAuthKey;
                if (object.ticketLifetimeSec != null)
                    if ($Number(object.ticketLifetimeSec) !== 0)
                        message.ticketLifetimeSec = object.ticketLifetimeSec >>> 0;
                if (object.gate != null)
                    if (typeof object.gate !== "string" || object.gate.length)
                        message.gate = $String(object.gate);
                if (object.limits != null) {
                    if (!$util.isObject(object.limits))
                        throw $TypeError(".bubble.wire.AuthSectResp.limits: object expected");
                    message.limits = $root.bubble.wire.ClientLimits.fromObject(object.limits, _depth + 1);
                }
                if (object.heartbeatMs != null)
                    if ($Number(object.heartbeatMs) !== 0)
                        message.heartbeatMs = object.heartbeatMs >>> 0;
                if (object.pad != null)
                    if (object.pad.length)
                        if (typeof object.pad === "string")
                            $util.base64.decode(object.pad, message.pad = $util.newBuffer($util.base64.length(object.pad)), 0);
                        else if (object.pad.length >= 0)
                            message.pad = object.pad;
                if (object.tenant != null)
                    if (typeof object.tenant !== "string" || object.tenant.length)
                        message.tenant = $String(object.tenant);
                return message;
            };

            /**
             * Creates a plain object from an AuthSectResp message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.AuthSectResp
             * @static
             * @param {bubble.wire.AuthSectResp} message AuthSectResp
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AuthSectResp.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.ret = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if (options.bytes === $String)
                        object.svrPubEcdhkey = "";
                    else {
                        object.svrPubEcdhkey = [];
                        if (options.bytes !== $Array)
                            object.svrPubEcdhkey = $util.newBuffer(object.svrPubEcdhkey);
                    }
                    if (options.bytes === $String)
                        object.encSessionKey = "";
                    else {
                        object.encSessionKey = [];
                        if (options.bytes !== $Array)
                            object.encSessionKey = $util.newBuffer(object.encSessionKey);
                    }
                    if (options.bytes === $String)
                        object.autoAuthKey = "";
                    else {
                        object.autoAuthKey = [];
                        if (options.bytes !== $Array)
                            object.autoAuthKey = $util.newBuffer(object.autoAuthKey);
                    }
                    object.ticketLifetimeSec = 0;
                    object.gate = "";
                    object.limits = null;
                    object.heartbeatMs = 0;
                    if (options.bytes === $String)
                        object.pad = "";
                    else {
                        object.pad = [];
                        if (options.bytes !== $Array)
                            object.pad = $util.newBuffer(object.pad);
                    }
                    object.tenant = "";
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverTime = typeof message.serverTime === "number" ? $BigInt(message.serverTime) : $util.Long.fromBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0, true).toBigInt();
                    else if (typeof message.serverTime === "number")
                        object.serverTime = options.longs === $String ? $String(message.serverTime) : message.serverTime;
                    else
                        object.serverTime = options.longs === $String ? $util.Long.prototype.toString.call(message.serverTime) : options.longs === $Number ? new $util.LongBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0).toNumber(true) : message.serverTime;
                if (message.svrPubEcdhkey != null && $Object.hasOwnProperty.call(message, "svrPubEcdhkey"))
                    object.svrPubEcdhkey = options.bytes === $String ? $util.base64.encode(message.svrPubEcdhkey, 0, message.svrPubEcdhkey.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.svrPubEcdhkey) : message.svrPubEcdhkey;
                if (message.encSessionKey != null && $Object.hasOwnProperty.call(message, "encSessionKey"))
                    object.encSessionKey = options.bytes === $String ? $util.base64.encode(message.encSessionKey, 0, message.encSessionKey.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.encSessionKey) : message.encSessionKey;
                if (message.autoAuthKey != null && $Object.hasOwnProperty.call(message, "autoAuthKey"))
                    object.autoAuthKey = options.bytes === $String ? $util.base64.encode(message.autoAuthKey, 0, message.autoAuthKey.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.autoAuthKey) : message.autoAuthKey;
                if (message.ticketLifetimeSec != null && $Object.hasOwnProperty.call(message, "ticketLifetimeSec"))
                    object.ticketLifetimeSec = message.ticketLifetimeSec;
                if (message.gate != null && $Object.hasOwnProperty.call(message, "gate"))
                    object.gate = message.gate;
                if (message.limits != null && $Object.hasOwnProperty.call(message, "limits"))
                    object.limits = $root.bubble.wire.ClientLimits.toObject(message.limits, options, _depth + 1);
                if (message.heartbeatMs != null && $Object.hasOwnProperty.call(message, "heartbeatMs"))
                    object.heartbeatMs = message.heartbeatMs;
                if (message.pad != null && $Object.hasOwnProperty.call(message, "pad"))
                    object.pad = options.bytes === $String ? $util.base64.encode(message.pad, 0, message.pad.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.pad) : message.pad;
                if (message.tenant != null && $Object.hasOwnProperty.call(message, "tenant"))
                    object.tenant = message.tenant;
                return object;
            };

            /**
             * Converts this AuthSectResp to JSON.
             * @function toJSON
             * @memberof bubble.wire.AuthSectResp
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AuthSectResp.prototype.toJSON = function() {
                return AuthSectResp.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AuthSectResp;
        })();

        wire.ClientLimits = (function() {

            /**
             * Properties of a ClientLimits.
             * @typedef {Object} bubble.wire.ClientLimits.$Properties
             * @property {number|null} [bodyBytes] ClientLimits bodyBytes
             * @property {number|null} [messagesPerSecond] ClientLimits messagesPerSecond
             * @property {number|null} [messageBurst] ClientLimits messageBurst
             * @property {number|null} [outstandingPerConversation] ClientLimits outstandingPerConversation
             * @property {number|null} [syncRows] ClientLimits syncRows
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ClientLimits.
             * @memberof bubble.wire
             * @interface IClientLimits
             * @augments bubble.wire.ClientLimits.$Properties
             * @deprecated Use bubble.wire.ClientLimits.$Properties instead.
             */

            /**
             * Shape of a ClientLimits.
             * @typedef {bubble.wire.ClientLimits.$Properties} bubble.wire.ClientLimits.$Shape
             */

            /**
             * Constructs a new ClientLimits.
             * @memberof bubble.wire
             * @classdesc Represents a ClientLimits.
             * @constructor
             * @param {bubble.wire.ClientLimits.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ClientLimits = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ClientLimits bodyBytes.
             * @member {number} bodyBytes
             * @memberof bubble.wire.ClientLimits
             * @instance
             */
            ClientLimits.prototype.bodyBytes = 0;

            /**
             * ClientLimits messagesPerSecond.
             * @member {number} messagesPerSecond
             * @memberof bubble.wire.ClientLimits
             * @instance
             */
            ClientLimits.prototype.messagesPerSecond = 0;

            /**
             * ClientLimits messageBurst.
             * @member {number} messageBurst
             * @memberof bubble.wire.ClientLimits
             * @instance
             */
            ClientLimits.prototype.messageBurst = 0;

            /**
             * ClientLimits outstandingPerConversation.
             * @member {number} outstandingPerConversation
             * @memberof bubble.wire.ClientLimits
             * @instance
             */
            ClientLimits.prototype.outstandingPerConversation = 0;

            /**
             * ClientLimits syncRows.
             * @member {number} syncRows
             * @memberof bubble.wire.ClientLimits
             * @instance
             */
            ClientLimits.prototype.syncRows = 0;

            /**
             * Creates a new ClientLimits instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ClientLimits
             * @static
             * @param {bubble.wire.ClientLimits.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ClientLimits} ClientLimits instance
             * @type {{
             *   (properties: bubble.wire.ClientLimits.$Shape): bubble.wire.ClientLimits & bubble.wire.ClientLimits.$Shape;
             *   (properties?: bubble.wire.ClientLimits.$Properties): bubble.wire.ClientLimits;
             * }}
             */
            ClientLimits.create = function(properties) {
                return new ClientLimits(properties);
            };

            /**
             * Encodes the specified ClientLimits message. Does not implicitly {@link bubble.wire.ClientLimits.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ClientLimits
             * @static
             * @param {bubble.wire.ClientLimits.$Properties} message ClientLimits message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ClientLimits.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.bodyBytes != null && $Object.hasOwnProperty.call(message, "bodyBytes") && message.bodyBytes !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.bodyBytes);
                if (message.messagesPerSecond != null && $Object.hasOwnProperty.call(message, "messagesPerSecond") && message.messagesPerSecond !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.messagesPerSecond);
                if (message.messageBurst != null && $Object.hasOwnProperty.call(message, "messageBurst") && message.messageBurst !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.messageBurst);
                if (message.outstandingPerConversation != null && $Object.hasOwnProperty.call(message, "outstandingPerConversation") && message.outstandingPerConversation !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.outstandingPerConversation);
                if (message.syncRows != null && $Object.hasOwnProperty.call(message, "syncRows") && message.syncRows !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.syncRows);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ClientLimits message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ClientLimits
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ClientLimits & bubble.wire.ClientLimits.$Shape} ClientLimits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ClientLimits.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ClientLimits();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.bodyBytes = value;
                            else
                                delete message.bodyBytes;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.messagesPerSecond = value;
                            else
                                delete message.messagesPerSecond;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.messageBurst = value;
                            else
                                delete message.messageBurst;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.outstandingPerConversation = value;
                            else
                                delete message.outstandingPerConversation;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.syncRows = value;
                            else
                                delete message.syncRows;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ClientLimits message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ClientLimits
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ClientLimits} ClientLimits
             */
            ClientLimits.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ClientLimits)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ClientLimits: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ClientLimits();
                if (object.bodyBytes != null)
                    if ($Number(object.bodyBytes) !== 0)
                        message.bodyBytes = object.bodyBytes >>> 0;
                if (object.messagesPerSecond != null)
                    if ($Number(object.messagesPerSecond) !== 0)
                        message.messagesPerSecond = object.messagesPerSecond >>> 0;
                if (object.messageBurst != null)
                    if ($Number(object.messageBurst) !== 0)
                        message.messageBurst = object.messageBurst >>> 0;
                if (object.outstandingPerConversation != null)
                    if ($Number(object.outstandingPerConversation) !== 0)
                        message.outstandingPerConversation = object.outstandingPerConversation >>> 0;
                if (object.syncRows != null)
                    if ($Number(object.syncRows) !== 0)
                        message.syncRows = object.syncRows >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a ClientLimits message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ClientLimits
             * @static
             * @param {bubble.wire.ClientLimits} message ClientLimits
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ClientLimits.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.bodyBytes = 0;
                    object.messagesPerSecond = 0;
                    object.messageBurst = 0;
                    object.outstandingPerConversation = 0;
                    object.syncRows = 0;
                }
                if (message.bodyBytes != null && $Object.hasOwnProperty.call(message, "bodyBytes"))
                    object.bodyBytes = message.bodyBytes;
                if (message.messagesPerSecond != null && $Object.hasOwnProperty.call(message, "messagesPerSecond"))
                    object.messagesPerSecond = message.messagesPerSecond;
                if (message.messageBurst != null && $Object.hasOwnProperty.call(message, "messageBurst"))
                    object.messageBurst = message.messageBurst;
                if (message.outstandingPerConversation != null && $Object.hasOwnProperty.call(message, "outstandingPerConversation"))
                    object.outstandingPerConversation = message.outstandingPerConversation;
                if (message.syncRows != null && $Object.hasOwnProperty.call(message, "syncRows"))
                    object.syncRows = message.syncRows;
                return object;
            };

            /**
             * Converts this ClientLimits to JSON.
             * @function toJSON
             * @memberof bubble.wire.ClientLimits
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ClientLimits.prototype.toJSON = function() {
                return ClientLimits.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ClientLimits;
        })();

        wire.ManifestBody = (function() {

            /**
             * Properties of a ManifestBody.
             * @typedef {Object} bubble.wire.ManifestBody.$Properties
             * @property {string|null} [deployment] ManifestBody deployment
             * @property {Long|null} [serial] ManifestBody serial
             * @property {Long|null} [issuedAtMs] ManifestBody issuedAtMs
             * @property {Long|null} [expiresAtMs] ManifestBody expiresAtMs
             * @property {number|null} [minVersion] ManifestBody minVersion
             * @property {Array.<number>|null} [suites] ManifestBody suites
             * @property {Array.<bubble.wire.ManifestKey.$Properties>|null} [keys] ManifestBody keys
             * @property {Array.<number>|null} [retiredKids] ManifestBody retiredKids
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ManifestBody.
             * @memberof bubble.wire
             * @interface IManifestBody
             * @augments bubble.wire.ManifestBody.$Properties
             * @deprecated Use bubble.wire.ManifestBody.$Properties instead.
             */

            /**
             * Shape of a ManifestBody.
             * @typedef {bubble.wire.ManifestBody.$Properties} bubble.wire.ManifestBody.$Shape
             */

            /**
             * Constructs a new ManifestBody.
             * @memberof bubble.wire
             * @classdesc Represents a ManifestBody.
             * @constructor
             * @param {bubble.wire.ManifestBody.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ManifestBody = function (properties) {
                this.suites = [];
                this.keys = [];
                this.retiredKids = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ManifestBody deployment.
             * @member {string} deployment
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.deployment = "";

            /**
             * ManifestBody serial.
             * @member {Long} serial
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.serial = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ManifestBody issuedAtMs.
             * @member {Long} issuedAtMs
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.issuedAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ManifestBody expiresAtMs.
             * @member {Long} expiresAtMs
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.expiresAtMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ManifestBody minVersion.
             * @member {number} minVersion
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.minVersion = 0;

            /**
             * ManifestBody suites.
             * @member {Array.<number>} suites
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.suites = $util.emptyArray;

            /**
             * ManifestBody keys.
             * @member {Array.<bubble.wire.ManifestKey.$Properties>} keys
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.keys = $util.emptyArray;

            /**
             * ManifestBody retiredKids.
             * @member {Array.<number>} retiredKids
             * @memberof bubble.wire.ManifestBody
             * @instance
             */
            ManifestBody.prototype.retiredKids = $util.emptyArray;

            /**
             * Creates a new ManifestBody instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ManifestBody
             * @static
             * @param {bubble.wire.ManifestBody.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ManifestBody} ManifestBody instance
             * @type {{
             *   (properties: bubble.wire.ManifestBody.$Shape): bubble.wire.ManifestBody & bubble.wire.ManifestBody.$Shape;
             *   (properties?: bubble.wire.ManifestBody.$Properties): bubble.wire.ManifestBody;
             * }}
             */
            ManifestBody.create = function(properties) {
                return new ManifestBody(properties);
            };

            /**
             * Encodes the specified ManifestBody message. Does not implicitly {@link bubble.wire.ManifestBody.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ManifestBody
             * @static
             * @param {bubble.wire.ManifestBody.$Properties} message ManifestBody message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ManifestBody.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.deployment != null && $Object.hasOwnProperty.call(message, "deployment") && message.deployment !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.deployment);
                if (message.serial != null && $Object.hasOwnProperty.call(message, "serial") && (typeof message.serial === "object" ? message.serial.low || message.serial.high : message.serial !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.serial);
                if (message.issuedAtMs != null && $Object.hasOwnProperty.call(message, "issuedAtMs") && (typeof message.issuedAtMs === "object" ? message.issuedAtMs.low || message.issuedAtMs.high : message.issuedAtMs !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.issuedAtMs);
                if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs") && (typeof message.expiresAtMs === "object" ? message.expiresAtMs.low || message.expiresAtMs.high : message.expiresAtMs !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.expiresAtMs);
                if (message.minVersion != null && $Object.hasOwnProperty.call(message, "minVersion") && message.minVersion !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.minVersion);
                if (message.suites != null && message.suites.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).uint32s(message.suites);
                if (message.keys != null && message.keys.length)
                    for (let i = 0; i < message.keys.length; ++i)
                        $root.bubble.wire.ManifestKey.encode(message.keys[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.retiredKids != null && message.retiredKids.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).uint32s(message.retiredKids);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ManifestBody message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ManifestBody
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ManifestBody & bubble.wire.ManifestBody.$Shape} ManifestBody
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ManifestBody.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ManifestBody();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deployment = value;
                            else
                                delete message.deployment;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serial = value;
                            else
                                delete message.serial;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.issuedAtMs = value;
                            else
                                delete message.issuedAtMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.expiresAtMs = value;
                            else
                                delete message.expiresAtMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.minVersion = value;
                            else
                                delete message.minVersion;
                            continue;
                        }
                    case 6: {
                            if (wireType === 2) {
                                if (!(message.suites && message.suites.length))
                                    message.suites = [];
                                reader.uint32s(message.suites);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.suites && message.suites.length))
                                message.suites = [];
                            message.suites.push(reader.uint32());
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.keys && message.keys.length))
                                message.keys = [];
                            message.keys.push($root.bubble.wire.ManifestKey.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType === 2) {
                                if (!(message.retiredKids && message.retiredKids.length))
                                    message.retiredKids = [];
                                reader.uint32s(message.retiredKids);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.retiredKids && message.retiredKids.length))
                                message.retiredKids = [];
                            message.retiredKids.push(reader.uint32());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ManifestBody message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ManifestBody
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ManifestBody} ManifestBody
             */
            ManifestBody.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ManifestBody)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ManifestBody: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ManifestBody();
                if (object.deployment != null)
                    if (typeof object.deployment !== "string" || object.deployment.length)
                        message.deployment = $String(object.deployment);
                if (object.serial != null)
                    if (typeof object.serial === "object" ? object.serial.low || object.serial.high : $Number(object.serial) !== 0)
                        if ($util.Long)
                            message.serial = $util.Long.fromValue(object.serial, true);
                        else if (typeof object.serial === "string")
                            message.serial = $parseInt(object.serial, 10);
                        else if (typeof object.serial === "number")
                            message.serial = object.serial;
                        else if (typeof object.serial === "object")
                            message.serial = new $util.LongBits(object.serial.low >>> 0, object.serial.high >>> 0).toNumber(true);
                if (object.issuedAtMs != null)
                    if (typeof object.issuedAtMs === "object" ? object.issuedAtMs.low || object.issuedAtMs.high : $Number(object.issuedAtMs) !== 0)
                        if ($util.Long)
                            message.issuedAtMs = $util.Long.fromValue(object.issuedAtMs, true);
                        else if (typeof object.issuedAtMs === "string")
                            message.issuedAtMs = $parseInt(object.issuedAtMs, 10);
                        else if (typeof object.issuedAtMs === "number")
                            message.issuedAtMs = object.issuedAtMs;
                        else if (typeof object.issuedAtMs === "object")
                            message.issuedAtMs = new $util.LongBits(object.issuedAtMs.low >>> 0, object.issuedAtMs.high >>> 0).toNumber(true);
                if (object.expiresAtMs != null)
                    if (typeof object.expiresAtMs === "object" ? object.expiresAtMs.low || object.expiresAtMs.high : $Number(object.expiresAtMs) !== 0)
                        if ($util.Long)
                            message.expiresAtMs = $util.Long.fromValue(object.expiresAtMs, true);
                        else if (typeof object.expiresAtMs === "string")
                            message.expiresAtMs = $parseInt(object.expiresAtMs, 10);
                        else if (typeof object.expiresAtMs === "number")
                            message.expiresAtMs = object.expiresAtMs;
                        else if (typeof object.expiresAtMs === "object")
                            message.expiresAtMs = new $util.LongBits(object.expiresAtMs.low >>> 0, object.expiresAtMs.high >>> 0).toNumber(true);
                if (object.minVersion != null)
                    if ($Number(object.minVersion) !== 0)
                        message.minVersion = object.minVersion >>> 0;
                if (object.suites) {
                    if (!$Array.isArray(object.suites))
                        throw $TypeError(".bubble.wire.ManifestBody.suites: array expected");
                    message.suites = $Array(object.suites.length);
                    for (let i = 0; i < object.suites.length; ++i)
                        message.suites[i] = object.suites[i] >>> 0;
                }
                if (object.keys) {
                    if (!$Array.isArray(object.keys))
                        throw $TypeError(".bubble.wire.ManifestBody.keys: array expected");
                    message.keys = $Array(object.keys.length);
                    for (let i = 0; i < object.keys.length; ++i) {
                        if (!$util.isObject(object.keys[i]))
                            throw $TypeError(".bubble.wire.ManifestBody.keys: object expected");
                        message.keys[i] = $root.bubble.wire.ManifestKey.fromObject(object.keys[i], _depth + 1);
                    }
                }
                if (object.retiredKids) {
                    if (!$Array.isArray(object.retiredKids))
                        throw $TypeError(".bubble.wire.ManifestBody.retiredKids: array expected");
                    message.retiredKids = $Array(object.retiredKids.length);
                    for (let i = 0; i < object.retiredKids.length; ++i)
                        message.retiredKids[i] = object.retiredKids[i] >>> 0;
                }
                return message;
            };

            /**
             * Creates a plain object from a ManifestBody message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ManifestBody
             * @static
             * @param {bubble.wire.ManifestBody} message ManifestBody
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ManifestBody.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults) {
                    object.suites = [];
                    object.keys = [];
                    object.retiredKids = [];
                }
                if (options.defaults) {
                    object.deployment = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serial = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serial = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.issuedAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.issuedAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.expiresAtMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.expiresAtMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.minVersion = 0;
                }
                if (message.deployment != null && $Object.hasOwnProperty.call(message, "deployment"))
                    object.deployment = message.deployment;
                if (message.serial != null && $Object.hasOwnProperty.call(message, "serial"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serial = typeof message.serial === "number" ? $BigInt(message.serial) : $util.Long.fromBits(message.serial.low >>> 0, message.serial.high >>> 0, true).toBigInt();
                    else if (typeof message.serial === "number")
                        object.serial = options.longs === $String ? $String(message.serial) : message.serial;
                    else
                        object.serial = options.longs === $String ? $util.Long.prototype.toString.call(message.serial) : options.longs === $Number ? new $util.LongBits(message.serial.low >>> 0, message.serial.high >>> 0).toNumber(true) : message.serial;
                if (message.issuedAtMs != null && $Object.hasOwnProperty.call(message, "issuedAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.issuedAtMs = typeof message.issuedAtMs === "number" ? $BigInt(message.issuedAtMs) : $util.Long.fromBits(message.issuedAtMs.low >>> 0, message.issuedAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.issuedAtMs === "number")
                        object.issuedAtMs = options.longs === $String ? $String(message.issuedAtMs) : message.issuedAtMs;
                    else
                        object.issuedAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.issuedAtMs) : options.longs === $Number ? new $util.LongBits(message.issuedAtMs.low >>> 0, message.issuedAtMs.high >>> 0).toNumber(true) : message.issuedAtMs;
                if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.expiresAtMs = typeof message.expiresAtMs === "number" ? $BigInt(message.expiresAtMs) : $util.Long.fromBits(message.expiresAtMs.low >>> 0, message.expiresAtMs.high >>> 0, true).toBigInt();
                    else if (typeof message.expiresAtMs === "number")
                        object.expiresAtMs = options.longs === $String ? $String(message.expiresAtMs) : message.expiresAtMs;
                    else
                        object.expiresAtMs = options.longs === $String ? $util.Long.prototype.toString.call(message.expiresAtMs) : options.longs === $Number ? new $util.LongBits(message.expiresAtMs.low >>> 0, message.expiresAtMs.high >>> 0).toNumber(true) : message.expiresAtMs;
                if (message.minVersion != null && $Object.hasOwnProperty.call(message, "minVersion"))
                    object.minVersion = message.minVersion;
                if (message.suites && message.suites.length) {
                    object.suites = $Array(message.suites.length);
                    for (let j = 0; j < message.suites.length; ++j)
                        object.suites[j] = message.suites[j];
                }
                if (message.keys && message.keys.length) {
                    object.keys = $Array(message.keys.length);
                    for (let j = 0; j < message.keys.length; ++j)
                        object.keys[j] = $root.bubble.wire.ManifestKey.toObject(message.keys[j], options, _depth + 1);
                }
                if (message.retiredKids && message.retiredKids.length) {
                    object.retiredKids = $Array(message.retiredKids.length);
                    for (let j = 0; j < message.retiredKids.length; ++j)
                        object.retiredKids[j] = message.retiredKids[j];
                }
                return object;
            };

            /**
             * Converts this ManifestBody to JSON.
             * @function toJSON
             * @memberof bubble.wire.ManifestBody
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ManifestBody.prototype.toJSON = function() {
                return ManifestBody.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ManifestBody;
        })();

        wire.ManifestKey = (function() {

            /**
             * Properties of a ManifestKey.
             * @typedef {Object} bubble.wire.ManifestKey.$Properties
             * @property {number|null} [kid] ManifestKey kid
             * @property {number|null} [suite] ManifestKey suite
             * @property {Uint8Array|null} [key] ManifestKey key
             * @property {Long|null} [notBeforeMs] ManifestKey notBeforeMs
             * @property {Long|null} [notAfterMs] ManifestKey notAfterMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ManifestKey.
             * @memberof bubble.wire
             * @interface IManifestKey
             * @augments bubble.wire.ManifestKey.$Properties
             * @deprecated Use bubble.wire.ManifestKey.$Properties instead.
             */

            /**
             * Shape of a ManifestKey.
             * @typedef {bubble.wire.ManifestKey.$Properties} bubble.wire.ManifestKey.$Shape
             */

            /**
             * Constructs a new ManifestKey.
             * @memberof bubble.wire
             * @classdesc Represents a ManifestKey.
             * @constructor
             * @param {bubble.wire.ManifestKey.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ManifestKey = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ManifestKey kid.
             * @member {number} kid
             * @memberof bubble.wire.ManifestKey
             * @instance
             */
            ManifestKey.prototype.kid = 0;

            /**
             * ManifestKey suite.
             * @member {number} suite
             * @memberof bubble.wire.ManifestKey
             * @instance
             */
            ManifestKey.prototype.suite = 0;

            /**
             * ManifestKey key.
             * @member {Uint8Array} key
             * @memberof bubble.wire.ManifestKey
             * @instance
             */
            ManifestKey.prototype.key = $util.newBuffer([]);

            /**
             * ManifestKey notBeforeMs.
             * @member {Long} notBeforeMs
             * @memberof bubble.wire.ManifestKey
             * @instance
             */
            ManifestKey.prototype.notBeforeMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ManifestKey notAfterMs.
             * @member {Long} notAfterMs
             * @memberof bubble.wire.ManifestKey
             * @instance
             */
            ManifestKey.prototype.notAfterMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new ManifestKey instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ManifestKey
             * @static
             * @param {bubble.wire.ManifestKey.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ManifestKey} ManifestKey instance
             * @type {{
             *   (properties: bubble.wire.ManifestKey.$Shape): bubble.wire.ManifestKey & bubble.wire.ManifestKey.$Shape;
             *   (properties?: bubble.wire.ManifestKey.$Properties): bubble.wire.ManifestKey;
             * }}
             */
            ManifestKey.create = function(properties) {
                return new ManifestKey(properties);
            };

            /**
             * Encodes the specified ManifestKey message. Does not implicitly {@link bubble.wire.ManifestKey.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ManifestKey
             * @static
             * @param {bubble.wire.ManifestKey.$Properties} message ManifestKey message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ManifestKey.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kid != null && $Object.hasOwnProperty.call(message, "kid") && message.kid !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.kid);
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite") && message.suite !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.suite);
                if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.key);
                if (message.notBeforeMs != null && $Object.hasOwnProperty.call(message, "notBeforeMs") && (typeof message.notBeforeMs === "object" ? message.notBeforeMs.low || message.notBeforeMs.high : message.notBeforeMs !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.notBeforeMs);
                if (message.notAfterMs != null && $Object.hasOwnProperty.call(message, "notAfterMs") && (typeof message.notAfterMs === "object" ? message.notAfterMs.low || message.notAfterMs.high : message.notAfterMs !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.notAfterMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ManifestKey message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ManifestKey
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ManifestKey & bubble.wire.ManifestKey.$Shape} ManifestKey
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ManifestKey.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ManifestKey();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.kid = value;
                            else
                                delete message.kid;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.suite = value;
                            else
                                delete message.suite;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.key = value;
                            else
                                delete message.key;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.notBeforeMs = value;
                            else
                                delete message.notBeforeMs;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.notAfterMs = value;
                            else
                                delete message.notAfterMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ManifestKey message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ManifestKey
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ManifestKey} ManifestKey
             */
            ManifestKey.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ManifestKey)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ManifestKey: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ManifestKey();
                if (object.kid != null)
                    if ($Number(object.kid) !== 0)
                        message.kid = object.kid >>> 0;
                if (object.suite != null)
                    if ($Number(object.suite) !== 0)
                        message.suite = object.suite >>> 0;
                if (object.key != null)
                    if (object.key.length)
                        if (typeof object.key === "string")
                            $util.base64.decode(object.key, message.key = $util.newBuffer($util.base64.length(object.key)), 0);
                        else if (object.key.length >= 0)
                            message.key = object.key;
                if (object.notBeforeMs != null)
                    if (typeof object.notBeforeMs === "object" ? object.notBeforeMs.low || object.notBeforeMs.high : $Number(object.notBeforeMs) !== 0)
                        if ($util.Long)
                            message.notBeforeMs = $util.Long.fromValue(object.notBeforeMs, true);
                        else if (typeof object.notBeforeMs === "string")
                            message.notBeforeMs = $parseInt(object.notBeforeMs, 10);
                        else if (typeof object.notBeforeMs === "number")
                            message.notBeforeMs = object.notBeforeMs;
                        else if (typeof object.notBeforeMs === "object")
                            message.notBeforeMs = new $util.LongBits(object.notBeforeMs.low >>> 0, object.notBeforeMs.high >>> 0).toNumber(true);
                if (object.notAfterMs != null)
                    if (typeof object.notAfterMs === "object" ? object.notAfterMs.low || object.notAfterMs.high : $Number(object.notAfterMs) !== 0)
                        if ($util.Long)
                            message.notAfterMs = $util.Long.fromValue(object.notAfterMs, true);
                        else if (typeof object.notAfterMs === "string")
                            message.notAfterMs = $parseInt(object.notAfterMs, 10);
                        else if (typeof object.notAfterMs === "number")
                            message.notAfterMs = object.notAfterMs;
                        else if (typeof object.notAfterMs === "object")
                            message.notAfterMs = new $util.LongBits(object.notAfterMs.low >>> 0, object.notAfterMs.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a ManifestKey message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ManifestKey
             * @static
             * @param {bubble.wire.ManifestKey} message ManifestKey
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ManifestKey.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.kid = 0;
                    object.suite = 0;
                    if (options.bytes === $String)
                        object.key = "";
                    else {
                        object.key = [];
                        if (options.bytes !== $Array)
                            object.key = $util.newBuffer(object.key);
                    }
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.notBeforeMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.notBeforeMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.notAfterMs = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.notAfterMs = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.kid != null && $Object.hasOwnProperty.call(message, "kid"))
                    object.kid = message.kid;
                if (message.suite != null && $Object.hasOwnProperty.call(message, "suite"))
                    object.suite = message.suite;
                if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                    object.key = options.bytes === $String ? $util.base64.encode(message.key, 0, message.key.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.key) : message.key;
                if (message.notBeforeMs != null && $Object.hasOwnProperty.call(message, "notBeforeMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.notBeforeMs = typeof message.notBeforeMs === "number" ? $BigInt(message.notBeforeMs) : $util.Long.fromBits(message.notBeforeMs.low >>> 0, message.notBeforeMs.high >>> 0, true).toBigInt();
                    else if (typeof message.notBeforeMs === "number")
                        object.notBeforeMs = options.longs === $String ? $String(message.notBeforeMs) : message.notBeforeMs;
                    else
                        object.notBeforeMs = options.longs === $String ? $util.Long.prototype.toString.call(message.notBeforeMs) : options.longs === $Number ? new $util.LongBits(message.notBeforeMs.low >>> 0, message.notBeforeMs.high >>> 0).toNumber(true) : message.notBeforeMs;
                if (message.notAfterMs != null && $Object.hasOwnProperty.call(message, "notAfterMs"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.notAfterMs = typeof message.notAfterMs === "number" ? $BigInt(message.notAfterMs) : $util.Long.fromBits(message.notAfterMs.low >>> 0, message.notAfterMs.high >>> 0, true).toBigInt();
                    else if (typeof message.notAfterMs === "number")
                        object.notAfterMs = options.longs === $String ? $String(message.notAfterMs) : message.notAfterMs;
                    else
                        object.notAfterMs = options.longs === $String ? $util.Long.prototype.toString.call(message.notAfterMs) : options.longs === $Number ? new $util.LongBits(message.notAfterMs.low >>> 0, message.notAfterMs.high >>> 0).toNumber(true) : message.notAfterMs;
                return object;
            };

            /**
             * Converts this ManifestKey to JSON.
             * @function toJSON
             * @memberof bubble.wire.ManifestKey
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ManifestKey.prototype.toJSON = function() {
                return ManifestKey.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ManifestKey;
        })();

        wire.NewChatMsg = (function() {

            /**
             * Properties of a NewChatMsg.
             * @typedef {Object} bubble.wire.NewChatMsg.$Properties
             * @property {number|null} [msgType] NewChatMsg msgType
             * @property {string|null} [toUserName] NewChatMsg toUserName
             * @property {Long|null} [clientMsgId] NewChatMsg clientMsgId
             * @property {number|null} [clientSeq] NewChatMsg clientSeq
             * @property {Long|null} [createTime] NewChatMsg createTime
             * @property {Uint8Array|null} [content] NewChatMsg content
             * @property {string|null} [msgSource] NewChatMsg msgSource
             * @property {string|null} [deviceId] NewChatMsg deviceId
             * @property {string|null} [osType] NewChatMsg osType
             * @property {string|null} [platform] NewChatMsg platform
             * @property {string|null} [pushContent] NewChatMsg pushContent
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a NewChatMsg.
             * @memberof bubble.wire
             * @interface INewChatMsg
             * @augments bubble.wire.NewChatMsg.$Properties
             * @deprecated Use bubble.wire.NewChatMsg.$Properties instead.
             */

            /**
             * Shape of a NewChatMsg.
             * @typedef {bubble.wire.NewChatMsg.$Properties} bubble.wire.NewChatMsg.$Shape
             */

            /**
             * Constructs a new NewChatMsg.
             * @memberof bubble.wire
             * @classdesc Represents a NewChatMsg.
             * @constructor
             * @param {bubble.wire.NewChatMsg.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const NewChatMsg = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * NewChatMsg msgType.
             * @member {number} msgType
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.msgType = 0;

            /**
             * NewChatMsg toUserName.
             * @member {string} toUserName
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.toUserName = "";

            /**
             * NewChatMsg clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * NewChatMsg clientSeq.
             * @member {number} clientSeq
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.clientSeq = 0;

            /**
             * NewChatMsg createTime.
             * @member {Long} createTime
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.createTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * NewChatMsg content.
             * @member {Uint8Array} content
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.content = $util.newBuffer([]);

            /**
             * NewChatMsg msgSource.
             * @member {string} msgSource
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.msgSource = "";

            /**
             * NewChatMsg deviceId.
             * @member {string} deviceId
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.deviceId = "";

            /**
             * NewChatMsg osType.
             * @member {string} osType
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.osType = "";

            /**
             * NewChatMsg platform.
             * @member {string} platform
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.platform = "";

            /**
             * NewChatMsg pushContent.
             * @member {string} pushContent
             * @memberof bubble.wire.NewChatMsg
             * @instance
             */
            NewChatMsg.prototype.pushContent = "";

            /**
             * Creates a new NewChatMsg instance using the specified properties.
             * @function create
             * @memberof bubble.wire.NewChatMsg
             * @static
             * @param {bubble.wire.NewChatMsg.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.NewChatMsg} NewChatMsg instance
             * @type {{
             *   (properties: bubble.wire.NewChatMsg.$Shape): bubble.wire.NewChatMsg & bubble.wire.NewChatMsg.$Shape;
             *   (properties?: bubble.wire.NewChatMsg.$Properties): bubble.wire.NewChatMsg;
             * }}
             */
            NewChatMsg.create = function(properties) {
                return new NewChatMsg(properties);
            };

            /**
             * Encodes the specified NewChatMsg message. Does not implicitly {@link bubble.wire.NewChatMsg.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.NewChatMsg
             * @static
             * @param {bubble.wire.NewChatMsg.$Properties} message NewChatMsg message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            NewChatMsg.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.msgType != null && $Object.hasOwnProperty.call(message, "msgType") && message.msgType !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.msgType);
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName") && message.toUserName !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.toUserName);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.clientMsgId);
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq") && message.clientSeq !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.clientSeq);
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime") && (typeof message.createTime === "object" ? message.createTime.low || message.createTime.high : message.createTime !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.createTime);
                if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.content);
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource") && message.msgSource !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.msgSource);
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId") && message.deviceId !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.deviceId);
                if (message.osType != null && $Object.hasOwnProperty.call(message, "osType") && message.osType !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.osType);
                if (message.platform != null && $Object.hasOwnProperty.call(message, "platform") && message.platform !== "")
                    writer.uint32(/* id 10, wireType 2 =*/82).string(message.platform);
                if (message.pushContent != null && $Object.hasOwnProperty.call(message, "pushContent") && message.pushContent !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.pushContent);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a NewChatMsg message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.NewChatMsg
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.NewChatMsg & bubble.wire.NewChatMsg.$Shape} NewChatMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            NewChatMsg.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.NewChatMsg();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.msgType = value;
                            else
                                delete message.msgType;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.toUserName = value;
                            else
                                delete message.toUserName;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clientSeq = value;
                            else
                                delete message.clientSeq;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.createTime = value;
                            else
                                delete message.createTime;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.content = value;
                            else
                                delete message.content;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.msgSource = value;
                            else
                                delete message.msgSource;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceId = value;
                            else
                                delete message.deviceId;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.osType = value;
                            else
                                delete message.osType;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.platform = value;
                            else
                                delete message.platform;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.pushContent = value;
                            else
                                delete message.pushContent;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a NewChatMsg message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.NewChatMsg
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.NewChatMsg} NewChatMsg
             */
            NewChatMsg.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.NewChatMsg)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.NewChatMsg: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.NewChatMsg();
                if (object.msgType != null)
                    if ($Number(object.msgType) !== 0)
                        message.msgType = object.msgType >>> 0;
                if (object.toUserName != null)
                    if (typeof object.toUserName !== "string" || object.toUserName.length)
                        message.toUserName = $String(object.toUserName);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.clientSeq != null)
                    if ($Number(object.clientSeq) !== 0)
                        message.clientSeq = object.clientSeq >>> 0;
                if (object.createTime != null)
                    if (typeof object.createTime === "object" ? object.createTime.low || object.createTime.high : $Number(object.createTime) !== 0)
                        if ($util.Long)
                            message.createTime = $util.Long.fromValue(object.createTime, true);
                        else if (typeof object.createTime === "string")
                            message.createTime = $parseInt(object.createTime, 10);
                        else if (typeof object.createTime === "number")
                            message.createTime = object.createTime;
                        else if (typeof object.createTime === "object")
                            message.createTime = new $util.LongBits(object.createTime.low >>> 0, object.createTime.high >>> 0).toNumber(true);
                if (object.content != null)
                    if (object.content.length)
                        if (typeof object.content === "string")
                            $util.base64.decode(object.content, message.content = $util.newBuffer($util.base64.length(object.content)), 0);
                        else if (object.content.length >= 0)
                            message.content = object.content;
                if (object.msgSource != null)
                    if (typeof object.msgSource !== "string" || object.msgSource.length)
                        message.msgSource = $String(object.msgSource);
                if (object.deviceId != null)
                    if (typeof object.deviceId !== "string" || object.deviceId.length)
                        message.deviceId = $String(object.deviceId);
                if (object.osType != null)
                    if (typeof object.osType !== "string" || object.osType.length)
                        message.osType = $String(object.osType);
                if (object.platform != null)
                    if (typeof object.platform !== "string" || object.platform.length)
                        message.platform = $String(object.platform);
                if (object.pushContent != null)
                    if (typeof object.pushContent !== "string" || object.pushContent.length)
                        message.pushContent = $String(object.pushContent);
                return message;
            };

            /**
             * Creates a plain object from a NewChatMsg message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.NewChatMsg
             * @static
             * @param {bubble.wire.NewChatMsg} message NewChatMsg
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            NewChatMsg.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.msgType = 0;
                    object.toUserName = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.clientSeq = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.createTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.createTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if (options.bytes === $String)
                        object.content = "";
                    else {
                        object.content = [];
                        if (options.bytes !== $Array)
                            object.content = $util.newBuffer(object.content);
                    }
                    object.msgSource = "";
                    object.deviceId = "";
                    object.osType = "";
                    object.platform = "";
                    object.pushContent = "";
                }
                if (message.msgType != null && $Object.hasOwnProperty.call(message, "msgType"))
                    object.msgType = message.msgType;
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName"))
                    object.toUserName = message.toUserName;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq"))
                    object.clientSeq = message.clientSeq;
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.createTime = typeof message.createTime === "number" ? $BigInt(message.createTime) : $util.Long.fromBits(message.createTime.low >>> 0, message.createTime.high >>> 0, true).toBigInt();
                    else if (typeof message.createTime === "number")
                        object.createTime = options.longs === $String ? $String(message.createTime) : message.createTime;
                    else
                        object.createTime = options.longs === $String ? $util.Long.prototype.toString.call(message.createTime) : options.longs === $Number ? new $util.LongBits(message.createTime.low >>> 0, message.createTime.high >>> 0).toNumber(true) : message.createTime;
                if (message.content != null && $Object.hasOwnProperty.call(message, "content"))
                    object.content = options.bytes === $String ? $util.base64.encode(message.content, 0, message.content.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.content) : message.content;
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource"))
                    object.msgSource = message.msgSource;
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId"))
                    object.deviceId = message.deviceId;
                if (message.osType != null && $Object.hasOwnProperty.call(message, "osType"))
                    object.osType = message.osType;
                if (message.platform != null && $Object.hasOwnProperty.call(message, "platform"))
                    object.platform = message.platform;
                if (message.pushContent != null && $Object.hasOwnProperty.call(message, "pushContent"))
                    object.pushContent = message.pushContent;
                return object;
            };

            /**
             * Converts this NewChatMsg to JSON.
             * @function toJSON
             * @memberof bubble.wire.NewChatMsg
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            NewChatMsg.prototype.toJSON = function() {
                return NewChatMsg.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NewChatMsg;
        })();

        wire.NewAppMsg = (function() {

            /**
             * Properties of a NewAppMsg.
             * @typedef {Object} bubble.wire.NewAppMsg.$Properties
             * @property {string|null} [toUserName] NewAppMsg toUserName
             * @property {Long|null} [clientMsgId] NewAppMsg clientMsgId
             * @property {number|null} [clientSeq] NewAppMsg clientSeq
             * @property {Long|null} [createTime] NewAppMsg createTime
             * @property {string|null} [appId] NewAppMsg appId
             * @property {string|null} [sdkVersion] NewAppMsg sdkVersion
             * @property {number|null} [type] NewAppMsg type
             * @property {Uint8Array|null} [content] NewAppMsg content
             * @property {Uint8Array|null} [thumb] NewAppMsg thumb
             * @property {string|null} [source] NewAppMsg source
             * @property {string|null} [remindId] NewAppMsg remindId
             * @property {string|null} [shareUrlOriginal] NewAppMsg shareUrlOriginal
             * @property {string|null} [shareUrlOpen] NewAppMsg shareUrlOpen
             * @property {string|null} [jsAppId] NewAppMsg jsAppId
             * @property {string|null} [msgSource] NewAppMsg msgSource
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a NewAppMsg.
             * @memberof bubble.wire
             * @interface INewAppMsg
             * @augments bubble.wire.NewAppMsg.$Properties
             * @deprecated Use bubble.wire.NewAppMsg.$Properties instead.
             */

            /**
             * Shape of a NewAppMsg.
             * @typedef {bubble.wire.NewAppMsg.$Properties} bubble.wire.NewAppMsg.$Shape
             */

            /**
             * Constructs a new NewAppMsg.
             * @memberof bubble.wire
             * @classdesc Represents a NewAppMsg.
             * @constructor
             * @param {bubble.wire.NewAppMsg.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const NewAppMsg = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * NewAppMsg toUserName.
             * @member {string} toUserName
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.toUserName = "";

            /**
             * NewAppMsg clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * NewAppMsg clientSeq.
             * @member {number} clientSeq
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.clientSeq = 0;

            /**
             * NewAppMsg createTime.
             * @member {Long} createTime
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.createTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * NewAppMsg appId.
             * @member {string} appId
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.appId = "";

            /**
             * NewAppMsg sdkVersion.
             * @member {string} sdkVersion
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.sdkVersion = "";

            /**
             * NewAppMsg type.
             * @member {number} type
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.type = 0;

            /**
             * NewAppMsg content.
             * @member {Uint8Array} content
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.content = $util.newBuffer([]);

            /**
             * NewAppMsg thumb.
             * @member {Uint8Array} thumb
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.thumb = $util.newBuffer([]);

            /**
             * NewAppMsg source.
             * @member {string} source
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.source = "";

            /**
             * NewAppMsg remindId.
             * @member {string} remindId
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.remindId = "";

            /**
             * NewAppMsg shareUrlOriginal.
             * @member {string} shareUrlOriginal
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.shareUrlOriginal = "";

            /**
             * NewAppMsg shareUrlOpen.
             * @member {string} shareUrlOpen
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.shareUrlOpen = "";

            /**
             * NewAppMsg jsAppId.
             * @member {string} jsAppId
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.jsAppId = "";

            /**
             * NewAppMsg msgSource.
             * @member {string} msgSource
             * @memberof bubble.wire.NewAppMsg
             * @instance
             */
            NewAppMsg.prototype.msgSource = "";

            /**
             * Creates a new NewAppMsg instance using the specified properties.
             * @function create
             * @memberof bubble.wire.NewAppMsg
             * @static
             * @param {bubble.wire.NewAppMsg.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.NewAppMsg} NewAppMsg instance
             * @type {{
             *   (properties: bubble.wire.NewAppMsg.$Shape): bubble.wire.NewAppMsg & bubble.wire.NewAppMsg.$Shape;
             *   (properties?: bubble.wire.NewAppMsg.$Properties): bubble.wire.NewAppMsg;
             * }}
             */
            NewAppMsg.create = function(properties) {
                return new NewAppMsg(properties);
            };

            /**
             * Encodes the specified NewAppMsg message. Does not implicitly {@link bubble.wire.NewAppMsg.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.NewAppMsg
             * @static
             * @param {bubble.wire.NewAppMsg.$Properties} message NewAppMsg message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            NewAppMsg.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName") && message.toUserName !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.toUserName);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.clientMsgId);
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq") && message.clientSeq !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.clientSeq);
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime") && (typeof message.createTime === "object" ? message.createTime.low || message.createTime.high : message.createTime !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.createTime);
                if (message.appId != null && $Object.hasOwnProperty.call(message, "appId") && message.appId !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.appId);
                if (message.sdkVersion != null && $Object.hasOwnProperty.call(message, "sdkVersion") && message.sdkVersion !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.sdkVersion);
                if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.type);
                if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.content);
                if (message.thumb != null && $Object.hasOwnProperty.call(message, "thumb") && message.thumb.length)
                    writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.thumb);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source") && message.source !== "")
                    writer.uint32(/* id 10, wireType 2 =*/82).string(message.source);
                if (message.remindId != null && $Object.hasOwnProperty.call(message, "remindId") && message.remindId !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.remindId);
                if (message.shareUrlOriginal != null && $Object.hasOwnProperty.call(message, "shareUrlOriginal") && message.shareUrlOriginal !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.shareUrlOriginal);
                if (message.shareUrlOpen != null && $Object.hasOwnProperty.call(message, "shareUrlOpen") && message.shareUrlOpen !== "")
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.shareUrlOpen);
                if (message.jsAppId != null && $Object.hasOwnProperty.call(message, "jsAppId") && message.jsAppId !== "")
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.jsAppId);
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource") && message.msgSource !== "")
                    writer.uint32(/* id 15, wireType 2 =*/122).string(message.msgSource);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a NewAppMsg message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.NewAppMsg
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.NewAppMsg & bubble.wire.NewAppMsg.$Shape} NewAppMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            NewAppMsg.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.NewAppMsg();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.toUserName = value;
                            else
                                delete message.toUserName;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clientSeq = value;
                            else
                                delete message.clientSeq;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.createTime = value;
                            else
                                delete message.createTime;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.appId = value;
                            else
                                delete message.appId;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sdkVersion = value;
                            else
                                delete message.sdkVersion;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.type = value;
                            else
                                delete message.type;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.content = value;
                            else
                                delete message.content;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.thumb = value;
                            else
                                delete message.thumb;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.source = value;
                            else
                                delete message.source;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.remindId = value;
                            else
                                delete message.remindId;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.shareUrlOriginal = value;
                            else
                                delete message.shareUrlOriginal;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.shareUrlOpen = value;
                            else
                                delete message.shareUrlOpen;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.jsAppId = value;
                            else
                                delete message.jsAppId;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.msgSource = value;
                            else
                                delete message.msgSource;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a NewAppMsg message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.NewAppMsg
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.NewAppMsg} NewAppMsg
             */
            NewAppMsg.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.NewAppMsg)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.NewAppMsg: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.NewAppMsg();
                if (object.toUserName != null)
                    if (typeof object.toUserName !== "string" || object.toUserName.length)
                        message.toUserName = $String(object.toUserName);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.clientSeq != null)
                    if ($Number(object.clientSeq) !== 0)
                        message.clientSeq = object.clientSeq >>> 0;
                if (object.createTime != null)
                    if (typeof object.createTime === "object" ? object.createTime.low || object.createTime.high : $Number(object.createTime) !== 0)
                        if ($util.Long)
                            message.createTime = $util.Long.fromValue(object.createTime, true);
                        else if (typeof object.createTime === "string")
                            message.createTime = $parseInt(object.createTime, 10);
                        else if (typeof object.createTime === "number")
                            message.createTime = object.createTime;
                        else if (typeof object.createTime === "object")
                            message.createTime = new $util.LongBits(object.createTime.low >>> 0, object.createTime.high >>> 0).toNumber(true);
                if (object.appId != null)
                    if (typeof object.appId !== "string" || object.appId.length)
                        message.appId = $String(object.appId);
                if (object.sdkVersion != null)
                    if (typeof object.sdkVersion !== "string" || object.sdkVersion.length)
                        message.sdkVersion = $String(object.sdkVersion);
                if (object.type != null)
                    if ($Number(object.type) !== 0)
                        message.type = object.type >>> 0;
                if (object.content != null)
                    if (object.content.length)
                        if (typeof object.content === "string")
                            $util.base64.decode(object.content, message.content = $util.newBuffer($util.base64.length(object.content)), 0);
                        else if (object.content.length >= 0)
                            message.content = object.content;
                if (object.thumb != null)
                    if (object.thumb.length)
                        if (typeof object.thumb === "string")
                            $util.base64.decode(object.thumb, message.thumb = $util.newBuffer($util.base64.length(object.thumb)), 0);
                        else if (object.thumb.length >= 0)
                            message.thumb = object.thumb;
                if (object.source != null)
                    if (typeof object.source !== "string" || object.source.length)
                        message.source = $String(object.source);
                if (object.remindId != null)
                    if (typeof object.remindId !== "string" || object.remindId.length)
                        message.remindId = $String(object.remindId);
                if (object.shareUrlOriginal != null)
                    if (typeof object.shareUrlOriginal !== "string" || object.shareUrlOriginal.length)
                        message.shareUrlOriginal = $String(object.shareUrlOriginal);
                if (object.shareUrlOpen != null)
                    if (typeof object.shareUrlOpen !== "string" || object.shareUrlOpen.length)
                        message.shareUrlOpen = $String(object.shareUrlOpen);
                if (object.jsAppId != null)
                    if (typeof object.jsAppId !== "string" || object.jsAppId.length)
                        message.jsAppId = $String(object.jsAppId);
                if (object.msgSource != null)
                    if (typeof object.msgSource !== "string" || object.msgSource.length)
                        message.msgSource = $String(object.msgSource);
                return message;
            };

            /**
             * Creates a plain object from a NewAppMsg message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.NewAppMsg
             * @static
             * @param {bubble.wire.NewAppMsg} message NewAppMsg
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            NewAppMsg.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.toUserName = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.clientSeq = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.createTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.createTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.appId = "";
                    object.sdkVersion = "";
                    object.type = 0;
                    if (options.bytes === $String)
                        object.content = "";
                    else {
                        object.content = [];
                        if (options.bytes !== $Array)
                            object.content = $util.newBuffer(object.content);
                    }
                    if (options.bytes === $String)
                        object.thumb = "";
                    else {
                        object.thumb = [];
                        if (options.bytes !== $Array)
                            object.thumb = $util.newBuffer(object.thumb);
                    }
                    object.source = "";
                    object.remindId = "";
                    object.shareUrlOriginal = "";
                    object.shareUrlOpen = "";
                    object.jsAppId = "";
                    object.msgSource = "";
                }
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName"))
                    object.toUserName = message.toUserName;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq"))
                    object.clientSeq = message.clientSeq;
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.createTime = typeof message.createTime === "number" ? $BigInt(message.createTime) : $util.Long.fromBits(message.createTime.low >>> 0, message.createTime.high >>> 0, true).toBigInt();
                    else if (typeof message.createTime === "number")
                        object.createTime = options.longs === $String ? $String(message.createTime) : message.createTime;
                    else
                        object.createTime = options.longs === $String ? $util.Long.prototype.toString.call(message.createTime) : options.longs === $Number ? new $util.LongBits(message.createTime.low >>> 0, message.createTime.high >>> 0).toNumber(true) : message.createTime;
                if (message.appId != null && $Object.hasOwnProperty.call(message, "appId"))
                    object.appId = message.appId;
                if (message.sdkVersion != null && $Object.hasOwnProperty.call(message, "sdkVersion"))
                    object.sdkVersion = message.sdkVersion;
                if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                    object.type = message.type;
                if (message.content != null && $Object.hasOwnProperty.call(message, "content"))
                    object.content = options.bytes === $String ? $util.base64.encode(message.content, 0, message.content.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.content) : message.content;
                if (message.thumb != null && $Object.hasOwnProperty.call(message, "thumb"))
                    object.thumb = options.bytes === $String ? $util.base64.encode(message.thumb, 0, message.thumb.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.thumb) : message.thumb;
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    object.source = message.source;
                if (message.remindId != null && $Object.hasOwnProperty.call(message, "remindId"))
                    object.remindId = message.remindId;
                if (message.shareUrlOriginal != null && $Object.hasOwnProperty.call(message, "shareUrlOriginal"))
                    object.shareUrlOriginal = message.shareUrlOriginal;
                if (message.shareUrlOpen != null && $Object.hasOwnProperty.call(message, "shareUrlOpen"))
                    object.shareUrlOpen = message.shareUrlOpen;
                if (message.jsAppId != null && $Object.hasOwnProperty.call(message, "jsAppId"))
                    object.jsAppId = message.jsAppId;
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource"))
                    object.msgSource = message.msgSource;
                return object;
            };

            /**
             * Converts this NewAppMsg to JSON.
             * @function toJSON
             * @memberof bubble.wire.NewAppMsg
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            NewAppMsg.prototype.toJSON = function() {
                return NewAppMsg.toObject(this, $protobuf.util.toJSONOptions);
            };

            return NewAppMsg;
        })();

        wire.CommandAck = (function() {

            /**
             * Properties of a CommandAck.
             * @typedef {Object} bubble.wire.CommandAck.$Properties
             * @property {number|null} [ret] CommandAck ret
             * @property {string|null} [errMsg] CommandAck errMsg
             * @property {Long|null} [clientMsgId] CommandAck clientMsgId
             * @property {number|null} [clientSeq] CommandAck clientSeq
             * @property {Long|null} [createTime] CommandAck createTime
             * @property {Long|null} [serverTime] CommandAck serverTime
             * @property {Long|null} [serverMsgId] CommandAck serverMsgId
             * @property {Long|null} [serverMsgSeq] CommandAck serverMsgSeq
             * @property {Long|null} [convSeq] CommandAck convSeq
             * @property {string|null} [toUserName] CommandAck toUserName
             * @property {boolean|null} [duplicate] CommandAck duplicate
             * @property {Long|null} [prevSeq] CommandAck prevSeq
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandAck.
             * @memberof bubble.wire
             * @interface ICommandAck
             * @augments bubble.wire.CommandAck.$Properties
             * @deprecated Use bubble.wire.CommandAck.$Properties instead.
             */

            /**
             * Shape of a CommandAck.
             * @typedef {bubble.wire.CommandAck.$Properties} bubble.wire.CommandAck.$Shape
             */

            /**
             * Constructs a new CommandAck.
             * @memberof bubble.wire
             * @classdesc Represents a CommandAck.
             * @constructor
             * @param {bubble.wire.CommandAck.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandAck = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandAck ret.
             * @member {number} ret
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.ret = 0;

            /**
             * CommandAck errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.errMsg = "";

            /**
             * CommandAck clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck clientSeq.
             * @member {number} clientSeq
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.clientSeq = 0;

            /**
             * CommandAck createTime.
             * @member {Long} createTime
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.createTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck serverTime.
             * @member {Long} serverTime
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.serverTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck serverMsgId.
             * @member {Long} serverMsgId
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.serverMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck serverMsgSeq.
             * @member {Long} serverMsgSeq
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.serverMsgSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck convSeq.
             * @member {Long} convSeq
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.convSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandAck toUserName.
             * @member {string} toUserName
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.toUserName = "";

            /**
             * CommandAck duplicate.
             * @member {boolean} duplicate
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.duplicate = false;

            /**
             * CommandAck prevSeq.
             * @member {Long} prevSeq
             * @memberof bubble.wire.CommandAck
             * @instance
             */
            CommandAck.prototype.prevSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new CommandAck instance using the specified properties.
             * @function create
             * @memberof bubble.wire.CommandAck
             * @static
             * @param {bubble.wire.CommandAck.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.CommandAck} CommandAck instance
             * @type {{
             *   (properties: bubble.wire.CommandAck.$Shape): bubble.wire.CommandAck & bubble.wire.CommandAck.$Shape;
             *   (properties?: bubble.wire.CommandAck.$Properties): bubble.wire.CommandAck;
             * }}
             */
            CommandAck.create = function(properties) {
                return new CommandAck(properties);
            };

            /**
             * Encodes the specified CommandAck message. Does not implicitly {@link bubble.wire.CommandAck.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.CommandAck
             * @static
             * @param {bubble.wire.CommandAck.$Properties} message CommandAck message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandAck.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.clientMsgId);
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq") && message.clientSeq !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.clientSeq);
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime") && (typeof message.createTime === "object" ? message.createTime.low || message.createTime.high : message.createTime !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.createTime);
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime") && (typeof message.serverTime === "object" ? message.serverTime.low || message.serverTime.high : message.serverTime !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.serverTime);
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId") && (typeof message.serverMsgId === "object" ? message.serverMsgId.low || message.serverMsgId.high : message.serverMsgId !== 0))
                    writer.uint32(/* id 7, wireType 1 =*/57).fixed64(message.serverMsgId);
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq") && (typeof message.serverMsgSeq === "object" ? message.serverMsgSeq.low || message.serverMsgSeq.high : message.serverMsgSeq !== 0))
                    writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.serverMsgSeq);
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq") && (typeof message.convSeq === "object" ? message.convSeq.low || message.convSeq.high : message.convSeq !== 0))
                    writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.convSeq);
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName") && message.toUserName !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.toUserName);
                if (message.duplicate != null && $Object.hasOwnProperty.call(message, "duplicate") && message.duplicate !== false)
                    writer.uint32(/* id 12, wireType 0 =*/96).bool(message.duplicate);
                if (message.prevSeq != null && $Object.hasOwnProperty.call(message, "prevSeq") && (typeof message.prevSeq === "object" ? message.prevSeq.low || message.prevSeq.high : message.prevSeq !== 0))
                    writer.uint32(/* id 15, wireType 0 =*/120).uint64(message.prevSeq);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandAck message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.CommandAck
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.CommandAck & bubble.wire.CommandAck.$Shape} CommandAck
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandAck.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.CommandAck();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clientSeq = value;
                            else
                                delete message.clientSeq;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.createTime = value;
                            else
                                delete message.createTime;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverTime = value;
                            else
                                delete message.serverTime;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgId = value;
                            else
                                delete message.serverMsgId;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgSeq = value;
                            else
                                delete message.serverMsgSeq;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.convSeq = value;
                            else
                                delete message.convSeq;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.toUserName = value;
                            else
                                delete message.toUserName;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.duplicate = value;
                            else
                                delete message.duplicate;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.prevSeq = value;
                            else
                                delete message.prevSeq;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a CommandAck message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.CommandAck
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.CommandAck} CommandAck
             */
            CommandAck.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.CommandAck)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.CommandAck: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.CommandAck();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.clientSeq != null)
                    if ($Number(object.clientSeq) !== 0)
                        message.clientSeq = object.clientSeq >>> 0;
                if (object.createTime != null)
                    if (typeof object.createTime === "object" ? object.createTime.low || object.createTime.high : $Number(object.createTime) !== 0)
                        if ($util.Long)
                            message.createTime = $util.Long.fromValue(object.createTime, true);
                        else if (typeof object.createTime === "string")
                            message.createTime = $parseInt(object.createTime, 10);
                        else if (typeof object.createTime === "number")
                            message.createTime = object.createTime;
                        else if (typeof object.createTime === "object")
                            message.createTime = new $util.LongBits(object.createTime.low >>> 0, object.createTime.high >>> 0).toNumber(true);
                if (object.serverTime != null)
                    if (typeof object.serverTime === "object" ? object.serverTime.low || object.serverTime.high : $Number(object.serverTime) !== 0)
                        if ($util.Long)
                            message.serverTime = $util.Long.fromValue(object.serverTime, true);
                        else if (typeof object.serverTime === "string")
                            message.serverTime = $parseInt(object.serverTime, 10);
                        else if (typeof object.serverTime === "number")
                            message.serverTime = object.serverTime;
                        else if (typeof object.serverTime === "object")
                            message.serverTime = new $util.LongBits(object.serverTime.low >>> 0, object.serverTime.high >>> 0).toNumber(true);
                if (object.serverMsgId != null)
                    if (typeof object.serverMsgId === "object" ? object.serverMsgId.low || object.serverMsgId.high : $Number(object.serverMsgId) !== 0)
                        if ($util.Long)
                            message.serverMsgId = $util.Long.fromValue(object.serverMsgId, true);
                        else if (typeof object.serverMsgId === "string")
                            message.serverMsgId = $parseInt(object.serverMsgId, 10);
                        else if (typeof object.serverMsgId === "number")
                            message.serverMsgId = object.serverMsgId;
                        else if (typeof object.serverMsgId === "object")
                            message.serverMsgId = new $util.LongBits(object.serverMsgId.low >>> 0, object.serverMsgId.high >>> 0).toNumber(true);
                if (object.serverMsgSeq != null)
                    if (typeof object.serverMsgSeq === "object" ? object.serverMsgSeq.low || object.serverMsgSeq.high : $Number(object.serverMsgSeq) !== 0)
                        if ($util.Long)
                            message.serverMsgSeq = $util.Long.fromValue(object.serverMsgSeq, true);
                        else if (typeof object.serverMsgSeq === "string")
                            message.serverMsgSeq = $parseInt(object.serverMsgSeq, 10);
                        else if (typeof object.serverMsgSeq === "number")
                            message.serverMsgSeq = object.serverMsgSeq;
                        else if (typeof object.serverMsgSeq === "object")
                            message.serverMsgSeq = new $util.LongBits(object.serverMsgSeq.low >>> 0, object.serverMsgSeq.high >>> 0).toNumber(true);
                if (object.convSeq != null)
                    if (typeof object.convSeq === "object" ? object.convSeq.low || object.convSeq.high : $Number(object.convSeq) !== 0)
                        if ($util.Long)
                            message.convSeq = $util.Long.fromValue(object.convSeq, true);
                        else if (typeof object.convSeq === "string")
                            message.convSeq = $parseInt(object.convSeq, 10);
                        else if (typeof object.convSeq === "number")
                            message.convSeq = object.convSeq;
                        else if (typeof object.convSeq === "object")
                            message.convSeq = new $util.LongBits(object.convSeq.low >>> 0, object.convSeq.high >>> 0).toNumber(true);
                if (object.toUserName != null)
                    if (typeof object.toUserName !== "string" || object.toUserName.length)
                        message.toUserName = $String(object.toUserName);
                if (object.duplicate != null)
                    if (object.duplicate)
                        message.duplicate = $Boolean(object.duplicate);
                if (object.prevSeq != null)
                    if (typeof object.prevSeq === "object" ? object.prevSeq.low || object.prevSeq.high : $Number(object.prevSeq) !== 0)
                        if ($util.Long)
                            message.prevSeq = $util.Long.fromValue(object.prevSeq, true);
                        else if (typeof object.prevSeq === "string")
                            message.prevSeq = $parseInt(object.prevSeq, 10);
                        else if (typeof object.prevSeq === "number")
                            message.prevSeq = object.prevSeq;
                        else if (typeof object.prevSeq === "object")
                            message.prevSeq = new $util.LongBits(object.prevSeq.low >>> 0, object.prevSeq.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a CommandAck message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.CommandAck
             * @static
             * @param {bubble.wire.CommandAck} message CommandAck
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            CommandAck.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.clientSeq = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.createTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.createTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.convSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.convSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.toUserName = "";
                    object.duplicate = false;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.prevSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.prevSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq"))
                    object.clientSeq = message.clientSeq;
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.createTime = typeof message.createTime === "number" ? $BigInt(message.createTime) : $util.Long.fromBits(message.createTime.low >>> 0, message.createTime.high >>> 0, true).toBigInt();
                    else if (typeof message.createTime === "number")
                        object.createTime = options.longs === $String ? $String(message.createTime) : message.createTime;
                    else
                        object.createTime = options.longs === $String ? $util.Long.prototype.toString.call(message.createTime) : options.longs === $Number ? new $util.LongBits(message.createTime.low >>> 0, message.createTime.high >>> 0).toNumber(true) : message.createTime;
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverTime = typeof message.serverTime === "number" ? $BigInt(message.serverTime) : $util.Long.fromBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0, true).toBigInt();
                    else if (typeof message.serverTime === "number")
                        object.serverTime = options.longs === $String ? $String(message.serverTime) : message.serverTime;
                    else
                        object.serverTime = options.longs === $String ? $util.Long.prototype.toString.call(message.serverTime) : options.longs === $Number ? new $util.LongBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0).toNumber(true) : message.serverTime;
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgId = typeof message.serverMsgId === "number" ? $BigInt(message.serverMsgId) : $util.Long.fromBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgId === "number")
                        object.serverMsgId = options.longs === $String ? $String(message.serverMsgId) : message.serverMsgId;
                    else
                        object.serverMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgId) : options.longs === $Number ? new $util.LongBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0).toNumber(true) : message.serverMsgId;
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgSeq = typeof message.serverMsgSeq === "number" ? $BigInt(message.serverMsgSeq) : $util.Long.fromBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgSeq === "number")
                        object.serverMsgSeq = options.longs === $String ? $String(message.serverMsgSeq) : message.serverMsgSeq;
                    else
                        object.serverMsgSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgSeq) : options.longs === $Number ? new $util.LongBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0).toNumber(true) : message.serverMsgSeq;
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.convSeq = typeof message.convSeq === "number" ? $BigInt(message.convSeq) : $util.Long.fromBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.convSeq === "number")
                        object.convSeq = options.longs === $String ? $String(message.convSeq) : message.convSeq;
                    else
                        object.convSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.convSeq) : options.longs === $Number ? new $util.LongBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0).toNumber(true) : message.convSeq;
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName"))
                    object.toUserName = message.toUserName;
                if (message.duplicate != null && $Object.hasOwnProperty.call(message, "duplicate"))
                    object.duplicate = message.duplicate;
                if (message.prevSeq != null && $Object.hasOwnProperty.call(message, "prevSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.prevSeq = typeof message.prevSeq === "number" ? $BigInt(message.prevSeq) : $util.Long.fromBits(message.prevSeq.low >>> 0, message.prevSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.prevSeq === "number")
                        object.prevSeq = options.longs === $String ? $String(message.prevSeq) : message.prevSeq;
                    else
                        object.prevSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.prevSeq) : options.longs === $Number ? new $util.LongBits(message.prevSeq.low >>> 0, message.prevSeq.high >>> 0).toNumber(true) : message.prevSeq;
                return object;
            };

            /**
             * Converts this CommandAck to JSON.
             * @function toJSON
             * @memberof bubble.wire.CommandAck
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            CommandAck.prototype.toJSON = function() {
                return CommandAck.toObject(this, $protobuf.util.toJSONOptions);
            };

            return CommandAck;
        })();

        wire.MsgReadReq = (function() {

            /**
             * Properties of a MsgReadReq.
             * @typedef {Object} bubble.wire.MsgReadReq.$Properties
             * @property {bubble.wire.MsgReadReq.Type|null} [type] MsgReadReq type
             * @property {string|null} [userName] MsgReadReq userName
             * @property {Long|null} [serverSeq] MsgReadReq serverSeq
             * @property {number|null} [count] MsgReadReq count
             * @property {Long|null} [clientMsgId] MsgReadReq clientMsgId
             * @property {Long|null} [convSeq] MsgReadReq convSeq
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a MsgReadReq.
             * @memberof bubble.wire
             * @interface IMsgReadReq
             * @augments bubble.wire.MsgReadReq.$Properties
             * @deprecated Use bubble.wire.MsgReadReq.$Properties instead.
             */

            /**
             * Shape of a MsgReadReq.
             * @typedef {bubble.wire.MsgReadReq.$Properties} bubble.wire.MsgReadReq.$Shape
             */

            /**
             * Constructs a new MsgReadReq.
             * @memberof bubble.wire
             * @classdesc Represents a MsgReadReq.
             * @constructor
             * @param {bubble.wire.MsgReadReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const MsgReadReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * MsgReadReq type.
             * @member {bubble.wire.MsgReadReq.Type} type
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.type = 0;

            /**
             * MsgReadReq userName.
             * @member {string} userName
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.userName = "";

            /**
             * MsgReadReq serverSeq.
             * @member {Long} serverSeq
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.serverSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * MsgReadReq count.
             * @member {number} count
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.count = 0;

            /**
             * MsgReadReq clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * MsgReadReq convSeq.
             * @member {Long} convSeq
             * @memberof bubble.wire.MsgReadReq
             * @instance
             */
            MsgReadReq.prototype.convSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new MsgReadReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.MsgReadReq
             * @static
             * @param {bubble.wire.MsgReadReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.MsgReadReq} MsgReadReq instance
             * @type {{
             *   (properties: bubble.wire.MsgReadReq.$Shape): bubble.wire.MsgReadReq & bubble.wire.MsgReadReq.$Shape;
             *   (properties?: bubble.wire.MsgReadReq.$Properties): bubble.wire.MsgReadReq;
             * }}
             */
            MsgReadReq.create = function(properties) {
                return new MsgReadReq(properties);
            };

            /**
             * Encodes the specified MsgReadReq message. Does not implicitly {@link bubble.wire.MsgReadReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.MsgReadReq
             * @static
             * @param {bubble.wire.MsgReadReq.$Properties} message MsgReadReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            MsgReadReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.type);
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName") && message.userName !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.userName);
                if (message.serverSeq != null && $Object.hasOwnProperty.call(message, "serverSeq") && (typeof message.serverSeq === "object" ? message.serverSeq.low || message.serverSeq.high : message.serverSeq !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.serverSeq);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.count);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 5, wireType 1 =*/41).fixed64(message.clientMsgId);
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq") && (typeof message.convSeq === "object" ? message.convSeq.low || message.convSeq.high : message.convSeq !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.convSeq);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a MsgReadReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.MsgReadReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.MsgReadReq & bubble.wire.MsgReadReq.$Shape} MsgReadReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            MsgReadReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.MsgReadReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.type = value;
                            else
                                delete message.type;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userName = value;
                            else
                                delete message.userName;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverSeq = value;
                            else
                                delete message.serverSeq;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.convSeq = value;
                            else
                                delete message.convSeq;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a MsgReadReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.MsgReadReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.MsgReadReq} MsgReadReq
             */
            MsgReadReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.MsgReadReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.MsgReadReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.MsgReadReq();
                if (object.type !== 0 && (typeof object.type !== "string" || $root.bubble.wire.MsgReadReq.Type[object.type] !== 0))
                    switch (object.type) {
                    case "CONVERSATION":
                    case 0:
                        message.type = 0;
                        break;
                    case "ALL":
                    case 1:
                        message.type = 1;
                        break;
                    case "RANGE":
                    case 2:
                        message.type = 2;
                        break;
                    default:
                        if (typeof object.type === "number" && (object.type | 0) === object.type)
                            message.type = object.type;
                    }
                if (object.userName != null)
                    if (typeof object.userName !== "string" || object.userName.length)
                        message.userName = $String(object.userName);
                if (object.serverSeq != null)
                    if (typeof object.serverSeq === "object" ? object.serverSeq.low || object.serverSeq.high : $Number(object.serverSeq) !== 0)
                        if ($util.Long)
                            message.serverSeq = $util.Long.fromValue(object.serverSeq, true);
                        else if (typeof object.serverSeq === "string")
                            message.serverSeq = $parseInt(object.serverSeq, 10);
                        else if (typeof object.serverSeq === "number")
                            message.serverSeq = object.serverSeq;
                        else if (typeof object.serverSeq === "object")
                            message.serverSeq = new $util.LongBits(object.serverSeq.low >>> 0, object.serverSeq.high >>> 0).toNumber(true);
                if (object.count != null)
                    if ($Number(object.count) !== 0)
                        message.count = object.count >>> 0;
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.convSeq != null)
                    if (typeof object.convSeq === "object" ? object.convSeq.low || object.convSeq.high : $Number(object.convSeq) !== 0)
                        if ($util.Long)
                            message.convSeq = $util.Long.fromValue(object.convSeq, true);
                        else if (typeof object.convSeq === "string")
                            message.convSeq = $parseInt(object.convSeq, 10);
                        else if (typeof object.convSeq === "number")
                            message.convSeq = object.convSeq;
                        else if (typeof object.convSeq === "object")
                            message.convSeq = new $util.LongBits(object.convSeq.low >>> 0, object.convSeq.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a MsgReadReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.MsgReadReq
             * @static
             * @param {bubble.wire.MsgReadReq} message MsgReadReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            MsgReadReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.type = options.enums === $String ? "CONVERSATION" : 0;
                    object.userName = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.count = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.convSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.convSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                    object.type = options.enums === $String ? $root.bubble.wire.MsgReadReq.Type[message.type] === $undefined ? message.type : $root.bubble.wire.MsgReadReq.Type[message.type] : message.type;
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName"))
                    object.userName = message.userName;
                if (message.serverSeq != null && $Object.hasOwnProperty.call(message, "serverSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverSeq = typeof message.serverSeq === "number" ? $BigInt(message.serverSeq) : $util.Long.fromBits(message.serverSeq.low >>> 0, message.serverSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.serverSeq === "number")
                        object.serverSeq = options.longs === $String ? $String(message.serverSeq) : message.serverSeq;
                    else
                        object.serverSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.serverSeq) : options.longs === $Number ? new $util.LongBits(message.serverSeq.low >>> 0, message.serverSeq.high >>> 0).toNumber(true) : message.serverSeq;
                if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                    object.count = message.count;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.convSeq = typeof message.convSeq === "number" ? $BigInt(message.convSeq) : $util.Long.fromBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.convSeq === "number")
                        object.convSeq = options.longs === $String ? $String(message.convSeq) : message.convSeq;
                    else
                        object.convSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.convSeq) : options.longs === $Number ? new $util.LongBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0).toNumber(true) : message.convSeq;
                return object;
            };

            /**
             * Converts this MsgReadReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.MsgReadReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            MsgReadReq.prototype.toJSON = function() {
                return MsgReadReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            /**
             * Type enum.
             * @name bubble.wire.MsgReadReq.Type
             * @enum {number}
             * @property {number} CONVERSATION=0 CONVERSATION value
             * @property {number} ALL=1 ALL value
             * @property {number} RANGE=2 RANGE value
             */
            MsgReadReq.Type = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "CONVERSATION"] = 0;
                values[valuesById[1] = "ALL"] = 1;
                values[valuesById[2] = "RANGE"] = 2;
                return values;
            })();

            return MsgReadReq;
        })();

        wire.RevokeMsgReq = (function() {

            /**
             * Properties of a RevokeMsgReq.
             * @typedef {Object} bubble.wire.RevokeMsgReq.$Properties
             * @property {Long|null} [serverMsgId] RevokeMsgReq serverMsgId
             * @property {string|null} [userName] RevokeMsgReq userName
             * @property {Long|null} [clientMsgId] RevokeMsgReq clientMsgId
             * @property {string|null} [sender] RevokeMsgReq sender
             * @property {Long|null} [originalClientMsgId] RevokeMsgReq originalClientMsgId
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RevokeMsgReq.
             * @memberof bubble.wire
             * @interface IRevokeMsgReq
             * @augments bubble.wire.RevokeMsgReq.$Properties
             * @deprecated Use bubble.wire.RevokeMsgReq.$Properties instead.
             */

            /**
             * Shape of a RevokeMsgReq.
             * @typedef {bubble.wire.RevokeMsgReq.$Properties} bubble.wire.RevokeMsgReq.$Shape
             */

            /**
             * Constructs a new RevokeMsgReq.
             * @memberof bubble.wire
             * @classdesc Represents a RevokeMsgReq.
             * @constructor
             * @param {bubble.wire.RevokeMsgReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RevokeMsgReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RevokeMsgReq serverMsgId.
             * @member {Long} serverMsgId
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             */
            RevokeMsgReq.prototype.serverMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RevokeMsgReq userName.
             * @member {string} userName
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             */
            RevokeMsgReq.prototype.userName = "";

            /**
             * RevokeMsgReq clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             */
            RevokeMsgReq.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RevokeMsgReq sender.
             * @member {string} sender
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             */
            RevokeMsgReq.prototype.sender = "";

            /**
             * RevokeMsgReq originalClientMsgId.
             * @member {Long} originalClientMsgId
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             */
            RevokeMsgReq.prototype.originalClientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new RevokeMsgReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.RevokeMsgReq
             * @static
             * @param {bubble.wire.RevokeMsgReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.RevokeMsgReq} RevokeMsgReq instance
             * @type {{
             *   (properties: bubble.wire.RevokeMsgReq.$Shape): bubble.wire.RevokeMsgReq & bubble.wire.RevokeMsgReq.$Shape;
             *   (properties?: bubble.wire.RevokeMsgReq.$Properties): bubble.wire.RevokeMsgReq;
             * }}
             */
            RevokeMsgReq.create = function(properties) {
                return new RevokeMsgReq(properties);
            };

            /**
             * Encodes the specified RevokeMsgReq message. Does not implicitly {@link bubble.wire.RevokeMsgReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.RevokeMsgReq
             * @static
             * @param {bubble.wire.RevokeMsgReq.$Properties} message RevokeMsgReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RevokeMsgReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId") && (typeof message.serverMsgId === "object" ? message.serverMsgId.low || message.serverMsgId.high : message.serverMsgId !== 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.serverMsgId);
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName") && message.userName !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.userName);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.clientMsgId);
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender") && message.sender !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.sender);
                if (message.originalClientMsgId != null && $Object.hasOwnProperty.call(message, "originalClientMsgId") && (typeof message.originalClientMsgId === "object" ? message.originalClientMsgId.low || message.originalClientMsgId.high : message.originalClientMsgId !== 0))
                    writer.uint32(/* id 5, wireType 1 =*/41).fixed64(message.originalClientMsgId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RevokeMsgReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.RevokeMsgReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.RevokeMsgReq & bubble.wire.RevokeMsgReq.$Shape} RevokeMsgReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RevokeMsgReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.RevokeMsgReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgId = value;
                            else
                                delete message.serverMsgId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userName = value;
                            else
                                delete message.userName;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sender = value;
                            else
                                delete message.sender;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.originalClientMsgId = value;
                            else
                                delete message.originalClientMsgId;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a RevokeMsgReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.RevokeMsgReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.RevokeMsgReq} RevokeMsgReq
             */
            RevokeMsgReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.RevokeMsgReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.RevokeMsgReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.RevokeMsgReq();
                if (object.serverMsgId != null)
                    if (typeof object.serverMsgId === "object" ? object.serverMsgId.low || object.serverMsgId.high : $Number(object.serverMsgId) !== 0)
                        if ($util.Long)
                            message.serverMsgId = $util.Long.fromValue(object.serverMsgId, true);
                        else if (typeof object.serverMsgId === "string")
                            message.serverMsgId = $parseInt(object.serverMsgId, 10);
                        else if (typeof object.serverMsgId === "number")
                            message.serverMsgId = object.serverMsgId;
                        else if (typeof object.serverMsgId === "object")
                            message.serverMsgId = new $util.LongBits(object.serverMsgId.low >>> 0, object.serverMsgId.high >>> 0).toNumber(true);
                if (object.userName != null)
                    if (typeof object.userName !== "string" || object.userName.length)
                        message.userName = $String(object.userName);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.sender != null)
                    if (typeof object.sender !== "string" || object.sender.length)
                        message.sender = $String(object.sender);
                if (object.originalClientMsgId != null)
                    if (typeof object.originalClientMsgId === "object" ? object.originalClientMsgId.low || object.originalClientMsgId.high : $Number(object.originalClientMsgId) !== 0)
                        if ($util.Long)
                            message.originalClientMsgId = $util.Long.fromValue(object.originalClientMsgId, true);
                        else if (typeof object.originalClientMsgId === "string")
                            message.originalClientMsgId = $parseInt(object.originalClientMsgId, 10);
                        else if (typeof object.originalClientMsgId === "number")
                            message.originalClientMsgId = object.originalClientMsgId;
                        else if (typeof object.originalClientMsgId === "object")
                            message.originalClientMsgId = new $util.LongBits(object.originalClientMsgId.low >>> 0, object.originalClientMsgId.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a RevokeMsgReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.RevokeMsgReq
             * @static
             * @param {bubble.wire.RevokeMsgReq} message RevokeMsgReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            RevokeMsgReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.userName = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.sender = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.originalClientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.originalClientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgId = typeof message.serverMsgId === "number" ? $BigInt(message.serverMsgId) : $util.Long.fromBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgId === "number")
                        object.serverMsgId = options.longs === $String ? $String(message.serverMsgId) : message.serverMsgId;
                    else
                        object.serverMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgId) : options.longs === $Number ? new $util.LongBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0).toNumber(true) : message.serverMsgId;
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName"))
                    object.userName = message.userName;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender"))
                    object.sender = message.sender;
                if (message.originalClientMsgId != null && $Object.hasOwnProperty.call(message, "originalClientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.originalClientMsgId = typeof message.originalClientMsgId === "number" ? $BigInt(message.originalClientMsgId) : $util.Long.fromBits(message.originalClientMsgId.low >>> 0, message.originalClientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.originalClientMsgId === "number")
                        object.originalClientMsgId = options.longs === $String ? $String(message.originalClientMsgId) : message.originalClientMsgId;
                    else
                        object.originalClientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.originalClientMsgId) : options.longs === $Number ? new $util.LongBits(message.originalClientMsgId.low >>> 0, message.originalClientMsgId.high >>> 0).toNumber(true) : message.originalClientMsgId;
                return object;
            };

            /**
             * Converts this RevokeMsgReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.RevokeMsgReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            RevokeMsgReq.prototype.toJSON = function() {
                return RevokeMsgReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return RevokeMsgReq;
        })();

        wire.GroupReq = (function() {

            /**
             * Properties of a GroupReq.
             * @typedef {Object} bubble.wire.GroupReq.$Properties
             * @property {Long|null} [clientMsgId] GroupReq clientMsgId
             * @property {string|null} [group] GroupReq group
             * @property {string|null} [title] GroupReq title
             * @property {Array.<string>|null} [users] GroupReq users
             * @property {boolean|null} [creatorStaysOut] GroupReq creatorStaysOut
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GroupReq.
             * @memberof bubble.wire
             * @interface IGroupReq
             * @augments bubble.wire.GroupReq.$Properties
             * @deprecated Use bubble.wire.GroupReq.$Properties instead.
             */

            /**
             * Shape of a GroupReq.
             * @typedef {bubble.wire.GroupReq.$Properties} bubble.wire.GroupReq.$Shape
             */

            /**
             * Constructs a new GroupReq.
             * @memberof bubble.wire
             * @classdesc Represents a GroupReq.
             * @constructor
             * @param {bubble.wire.GroupReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GroupReq = function (properties) {
                this.users = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GroupReq clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.GroupReq
             * @instance
             */
            GroupReq.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * GroupReq group.
             * @member {string} group
             * @memberof bubble.wire.GroupReq
             * @instance
             */
            GroupReq.prototype.group = "";

            /**
             * GroupReq title.
             * @member {string} title
             * @memberof bubble.wire.GroupReq
             * @instance
             */
            GroupReq.prototype.title = "";

            /**
             * GroupReq users.
             * @member {Array.<string>} users
             * @memberof bubble.wire.GroupReq
             * @instance
             */
            GroupReq.prototype.users = $util.emptyArray;

            /**
             * GroupReq creatorStaysOut.
             * @member {boolean} creatorStaysOut
             * @memberof bubble.wire.GroupReq
             * @instance
             */
            GroupReq.prototype.creatorStaysOut = false;

            /**
             * Creates a new GroupReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.GroupReq
             * @static
             * @param {bubble.wire.GroupReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.GroupReq} GroupReq instance
             * @type {{
             *   (properties: bubble.wire.GroupReq.$Shape): bubble.wire.GroupReq & bubble.wire.GroupReq.$Shape;
             *   (properties?: bubble.wire.GroupReq.$Properties): bubble.wire.GroupReq;
             * }}
             */
            GroupReq.create = function(properties) {
                return new GroupReq(properties);
            };

            /**
             * Encodes the specified GroupReq message. Does not implicitly {@link bubble.wire.GroupReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.GroupReq
             * @static
             * @param {bubble.wire.GroupReq.$Properties} message GroupReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GroupReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.clientMsgId);
                if (message.group != null && $Object.hasOwnProperty.call(message, "group") && message.group !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.group);
                if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.title);
                if (message.users != null && message.users.length)
                    for (let i = 0; i < message.users.length; ++i)
                        writer.uint32(/* id 4, wireType 2 =*/34).string(message.users[i]);
                if (message.creatorStaysOut != null && $Object.hasOwnProperty.call(message, "creatorStaysOut") && message.creatorStaysOut !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.creatorStaysOut);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GroupReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.GroupReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.GroupReq & bubble.wire.GroupReq.$Shape} GroupReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GroupReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.GroupReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.group = value;
                            else
                                delete message.group;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.title = value;
                            else
                                delete message.title;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.users && message.users.length))
                                message.users = [];
                            message.users.push(reader.stringVerify());
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.creatorStaysOut = value;
                            else
                                delete message.creatorStaysOut;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a GroupReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.GroupReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.GroupReq} GroupReq
             */
            GroupReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.GroupReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.GroupReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.GroupReq();
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.group != null)
                    if (typeof object.group !== "string" || object.group.length)
                        message.group = $String(object.group);
                if (object.title != null)
                    if (typeof object.title !== "string" || object.title.length)
                        message.title = $String(object.title);
                if (object.users) {
                    if (!$Array.isArray(object.users))
                        throw $TypeError(".bubble.wire.GroupReq.users: array expected");
                    message.users = $Array(object.users.length);
                    for (let i = 0; i < object.users.length; ++i)
                        message.users[i] = $String(object.users[i]);
                }
                if (object.creatorStaysOut != null)
                    if (object.creatorStaysOut)
                        message.creatorStaysOut = $Boolean(object.creatorStaysOut);
                return message;
            };

            /**
             * Creates a plain object from a GroupReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.GroupReq
             * @static
             * @param {bubble.wire.GroupReq} message GroupReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            GroupReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.users = [];
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.group = "";
                    object.title = "";
                    object.creatorStaysOut = false;
                }
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                    object.group = message.group;
                if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                    object.title = message.title;
                if (message.users && message.users.length) {
                    object.users = $Array(message.users.length);
                    for (let j = 0; j < message.users.length; ++j)
                        object.users[j] = message.users[j];
                }
                if (message.creatorStaysOut != null && $Object.hasOwnProperty.call(message, "creatorStaysOut"))
                    object.creatorStaysOut = message.creatorStaysOut;
                return object;
            };

            /**
             * Converts this GroupReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.GroupReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            GroupReq.prototype.toJSON = function() {
                return GroupReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GroupReq;
        })();

        wire.SyncMsgReq = (function() {

            /**
             * Properties of a SyncMsgReq.
             * @typedef {Object} bubble.wire.SyncMsgReq.$Properties
             * @property {Long|null} [serverMsgSeq] SyncMsgReq serverMsgSeq
             * @property {number|null} [count] SyncMsgReq count
             * @property {Long|null} [until] SyncMsgReq until
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SyncMsgReq.
             * @memberof bubble.wire
             * @interface ISyncMsgReq
             * @augments bubble.wire.SyncMsgReq.$Properties
             * @deprecated Use bubble.wire.SyncMsgReq.$Properties instead.
             */

            /**
             * Shape of a SyncMsgReq.
             * @typedef {bubble.wire.SyncMsgReq.$Properties} bubble.wire.SyncMsgReq.$Shape
             */

            /**
             * Constructs a new SyncMsgReq.
             * @memberof bubble.wire
             * @classdesc Represents a SyncMsgReq.
             * @constructor
             * @param {bubble.wire.SyncMsgReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SyncMsgReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SyncMsgReq serverMsgSeq.
             * @member {Long} serverMsgSeq
             * @memberof bubble.wire.SyncMsgReq
             * @instance
             */
            SyncMsgReq.prototype.serverMsgSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SyncMsgReq count.
             * @member {number} count
             * @memberof bubble.wire.SyncMsgReq
             * @instance
             */
            SyncMsgReq.prototype.count = 0;

            /**
             * SyncMsgReq until.
             * @member {Long} until
             * @memberof bubble.wire.SyncMsgReq
             * @instance
             */
            SyncMsgReq.prototype.until = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new SyncMsgReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.SyncMsgReq
             * @static
             * @param {bubble.wire.SyncMsgReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.SyncMsgReq} SyncMsgReq instance
             * @type {{
             *   (properties: bubble.wire.SyncMsgReq.$Shape): bubble.wire.SyncMsgReq & bubble.wire.SyncMsgReq.$Shape;
             *   (properties?: bubble.wire.SyncMsgReq.$Properties): bubble.wire.SyncMsgReq;
             * }}
             */
            SyncMsgReq.create = function(properties) {
                return new SyncMsgReq(properties);
            };

            /**
             * Encodes the specified SyncMsgReq message. Does not implicitly {@link bubble.wire.SyncMsgReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.SyncMsgReq
             * @static
             * @param {bubble.wire.SyncMsgReq.$Properties} message SyncMsgReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SyncMsgReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq") && (typeof message.serverMsgSeq === "object" ? message.serverMsgSeq.low || message.serverMsgSeq.high : message.serverMsgSeq !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.serverMsgSeq);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.count);
                if (message.until != null && $Object.hasOwnProperty.call(message, "until") && (typeof message.until === "object" ? message.until.low || message.until.high : message.until !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.until);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SyncMsgReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.SyncMsgReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.SyncMsgReq & bubble.wire.SyncMsgReq.$Shape} SyncMsgReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SyncMsgReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.SyncMsgReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgSeq = value;
                            else
                                delete message.serverMsgSeq;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.until = value;
                            else
                                delete message.until;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SyncMsgReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.SyncMsgReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.SyncMsgReq} SyncMsgReq
             */
            SyncMsgReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.SyncMsgReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.SyncMsgReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.SyncMsgReq();
                if (object.serverMsgSeq != null)
                    if (typeof object.serverMsgSeq === "object" ? object.serverMsgSeq.low || object.serverMsgSeq.high : $Number(object.serverMsgSeq) !== 0)
                        if ($util.Long)
                            message.serverMsgSeq = $util.Long.fromValue(object.serverMsgSeq, true);
                        else if (typeof object.serverMsgSeq === "string")
                            message.serverMsgSeq = $parseInt(object.serverMsgSeq, 10);
                        else if (typeof object.serverMsgSeq === "number")
                            message.serverMsgSeq = object.serverMsgSeq;
                        else if (typeof object.serverMsgSeq === "object")
                            message.serverMsgSeq = new $util.LongBits(object.serverMsgSeq.low >>> 0, object.serverMsgSeq.high >>> 0).toNumber(true);
                if (object.count != null)
                    if ($Number(object.count) !== 0)
                        message.count = object.count >>> 0;
                if (object.until != null)
                    if (typeof object.until === "object" ? object.until.low || object.until.high : $Number(object.until) !== 0)
                        if ($util.Long)
                            message.until = $util.Long.fromValue(object.until, true);
                        else if (typeof object.until === "string")
                            message.until = $parseInt(object.until, 10);
                        else if (typeof object.until === "number")
                            message.until = object.until;
                        else if (typeof object.until === "object")
                            message.until = new $util.LongBits(object.until.low >>> 0, object.until.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a SyncMsgReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.SyncMsgReq
             * @static
             * @param {bubble.wire.SyncMsgReq} message SyncMsgReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SyncMsgReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.count = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.until = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.until = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgSeq = typeof message.serverMsgSeq === "number" ? $BigInt(message.serverMsgSeq) : $util.Long.fromBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgSeq === "number")
                        object.serverMsgSeq = options.longs === $String ? $String(message.serverMsgSeq) : message.serverMsgSeq;
                    else
                        object.serverMsgSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgSeq) : options.longs === $Number ? new $util.LongBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0).toNumber(true) : message.serverMsgSeq;
                if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                    object.count = message.count;
                if (message.until != null && $Object.hasOwnProperty.call(message, "until"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.until = typeof message.until === "number" ? $BigInt(message.until) : $util.Long.fromBits(message.until.low >>> 0, message.until.high >>> 0, true).toBigInt();
                    else if (typeof message.until === "number")
                        object.until = options.longs === $String ? $String(message.until) : message.until;
                    else
                        object.until = options.longs === $String ? $util.Long.prototype.toString.call(message.until) : options.longs === $Number ? new $util.LongBits(message.until.low >>> 0, message.until.high >>> 0).toNumber(true) : message.until;
                return object;
            };

            /**
             * Converts this SyncMsgReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.SyncMsgReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SyncMsgReq.prototype.toJSON = function() {
                return SyncMsgReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SyncMsgReq;
        })();

        wire.SyncMsgRep = (function() {

            /**
             * Properties of a SyncMsgRep.
             * @typedef {Object} bubble.wire.SyncMsgRep.$Properties
             * @property {number|null} [ret] SyncMsgRep ret
             * @property {string|null} [errMsg] SyncMsgRep errMsg
             * @property {Array.<bubble.wire.AddMsg.$Properties>|null} [msg] SyncMsgRep msg
             * @property {Long|null} [syncedTo] SyncMsgRep syncedTo
             * @property {boolean|null} [more] SyncMsgRep more
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SyncMsgRep.
             * @memberof bubble.wire
             * @interface ISyncMsgRep
             * @augments bubble.wire.SyncMsgRep.$Properties
             * @deprecated Use bubble.wire.SyncMsgRep.$Properties instead.
             */

            /**
             * Shape of a SyncMsgRep.
             * @typedef {bubble.wire.SyncMsgRep.$Properties} bubble.wire.SyncMsgRep.$Shape
             */

            /**
             * Constructs a new SyncMsgRep.
             * @memberof bubble.wire
             * @classdesc Represents a SyncMsgRep.
             * @constructor
             * @param {bubble.wire.SyncMsgRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SyncMsgRep = function (properties) {
                this.msg = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SyncMsgRep ret.
             * @member {number} ret
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             */
            SyncMsgRep.prototype.ret = 0;

            /**
             * SyncMsgRep errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             */
            SyncMsgRep.prototype.errMsg = "";

            /**
             * SyncMsgRep msg.
             * @member {Array.<bubble.wire.AddMsg.$Properties>} msg
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             */
            SyncMsgRep.prototype.msg = $util.emptyArray;

            /**
             * SyncMsgRep syncedTo.
             * @member {Long} syncedTo
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             */
            SyncMsgRep.prototype.syncedTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SyncMsgRep more.
             * @member {boolean} more
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             */
            SyncMsgRep.prototype.more = false;

            /**
             * Creates a new SyncMsgRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.SyncMsgRep
             * @static
             * @param {bubble.wire.SyncMsgRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.SyncMsgRep} SyncMsgRep instance
             * @type {{
             *   (properties: bubble.wire.SyncMsgRep.$Shape): bubble.wire.SyncMsgRep & bubble.wire.SyncMsgRep.$Shape;
             *   (properties?: bubble.wire.SyncMsgRep.$Properties): bubble.wire.SyncMsgRep;
             * }}
             */
            SyncMsgRep.create = function(properties) {
                return new SyncMsgRep(properties);
            };

            /**
             * Encodes the specified SyncMsgRep message. Does not implicitly {@link bubble.wire.SyncMsgRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.SyncMsgRep
             * @static
             * @param {bubble.wire.SyncMsgRep.$Properties} message SyncMsgRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SyncMsgRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.msg != null && message.msg.length)
                    for (let i = 0; i < message.msg.length; ++i)
                        $root.bubble.wire.AddMsg.encode(message.msg[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo") && (typeof message.syncedTo === "object" ? message.syncedTo.low || message.syncedTo.high : message.syncedTo !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.syncedTo);
                if (message.more != null && $Object.hasOwnProperty.call(message, "more") && message.more !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.more);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SyncMsgRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.SyncMsgRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.SyncMsgRep & bubble.wire.SyncMsgRep.$Shape} SyncMsgRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SyncMsgRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.SyncMsgRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.msg && message.msg.length))
                                message.msg = [];
                            message.msg.push($root.bubble.wire.AddMsg.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.syncedTo = value;
                            else
                                delete message.syncedTo;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.more = value;
                            else
                                delete message.more;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a SyncMsgRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.SyncMsgRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.SyncMsgRep} SyncMsgRep
             */
            SyncMsgRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.SyncMsgRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.SyncMsgRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.SyncMsgRep();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.msg) {
                    if (!$Array.isArray(object.msg))
                        throw $TypeError(".bubble.wire.SyncMsgRep.msg: array expected");
                    message.msg = $Array(object.msg.length);
                    for (let i = 0; i < object.msg.length; ++i) {
                        if (!$util.isObject(object.msg[i]))
                            throw $TypeError(".bubble.wire.SyncMsgRep.msg: object expected");
                        message.msg[i] = $root.bubble.wire.AddMsg.fromObject(object.msg[i], _depth + 1);
                    }
                }
                if (object.syncedTo != null)
                    if (typeof object.syncedTo === "object" ? object.syncedTo.low || object.syncedTo.high : $Number(object.syncedTo) !== 0)
                        if ($util.Long)
                            message.syncedTo = $util.Long.fromValue(object.syncedTo, true);
                        else if (typeof object.syncedTo === "string")
                            message.syncedTo = $parseInt(object.syncedTo, 10);
                        else if (typeof object.syncedTo === "number")
                            message.syncedTo = object.syncedTo;
                        else if (typeof object.syncedTo === "object")
                            message.syncedTo = new $util.LongBits(object.syncedTo.low >>> 0, object.syncedTo.high >>> 0).toNumber(true);
                if (object.more != null)
                    if (object.more)
                        message.more = $Boolean(object.more);
                return message;
            };

            /**
             * Creates a plain object from a SyncMsgRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.SyncMsgRep
             * @static
             * @param {bubble.wire.SyncMsgRep} message SyncMsgRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            SyncMsgRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.msg = [];
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.syncedTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.syncedTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.more = false;
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.msg && message.msg.length) {
                    object.msg = $Array(message.msg.length);
                    for (let j = 0; j < message.msg.length; ++j)
                        object.msg[j] = $root.bubble.wire.AddMsg.toObject(message.msg[j], options, _depth + 1);
                }
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.syncedTo = typeof message.syncedTo === "number" ? $BigInt(message.syncedTo) : $util.Long.fromBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0, true).toBigInt();
                    else if (typeof message.syncedTo === "number")
                        object.syncedTo = options.longs === $String ? $String(message.syncedTo) : message.syncedTo;
                    else
                        object.syncedTo = options.longs === $String ? $util.Long.prototype.toString.call(message.syncedTo) : options.longs === $Number ? new $util.LongBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0).toNumber(true) : message.syncedTo;
                if (message.more != null && $Object.hasOwnProperty.call(message, "more"))
                    object.more = message.more;
                return object;
            };

            /**
             * Converts this SyncMsgRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.SyncMsgRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            SyncMsgRep.prototype.toJSON = function() {
                return SyncMsgRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return SyncMsgRep;
        })();

        wire.UnreadReq = (function() {

            /**
             * Properties of an UnreadReq.
             * @typedef {Object} bubble.wire.UnreadReq.$Properties
             * @property {string|null} [userName] UnreadReq userName
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an UnreadReq.
             * @memberof bubble.wire
             * @interface IUnreadReq
             * @augments bubble.wire.UnreadReq.$Properties
             * @deprecated Use bubble.wire.UnreadReq.$Properties instead.
             */

            /**
             * Shape of an UnreadReq.
             * @typedef {bubble.wire.UnreadReq.$Properties} bubble.wire.UnreadReq.$Shape
             */

            /**
             * Constructs a new UnreadReq.
             * @memberof bubble.wire
             * @classdesc Represents an UnreadReq.
             * @constructor
             * @param {bubble.wire.UnreadReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const UnreadReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * UnreadReq userName.
             * @member {string} userName
             * @memberof bubble.wire.UnreadReq
             * @instance
             */
            UnreadReq.prototype.userName = "";

            /**
             * Creates a new UnreadReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.UnreadReq
             * @static
             * @param {bubble.wire.UnreadReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.UnreadReq} UnreadReq instance
             * @type {{
             *   (properties: bubble.wire.UnreadReq.$Shape): bubble.wire.UnreadReq & bubble.wire.UnreadReq.$Shape;
             *   (properties?: bubble.wire.UnreadReq.$Properties): bubble.wire.UnreadReq;
             * }}
             */
            UnreadReq.create = function(properties) {
                return new UnreadReq(properties);
            };

            /**
             * Encodes the specified UnreadReq message. Does not implicitly {@link bubble.wire.UnreadReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.UnreadReq
             * @static
             * @param {bubble.wire.UnreadReq.$Properties} message UnreadReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            UnreadReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName") && message.userName !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.userName);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an UnreadReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.UnreadReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.UnreadReq & bubble.wire.UnreadReq.$Shape} UnreadReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            UnreadReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.UnreadReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userName = value;
                            else
                                delete message.userName;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an UnreadReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.UnreadReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.UnreadReq} UnreadReq
             */
            UnreadReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.UnreadReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.UnreadReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.UnreadReq();
                if (object.userName != null)
                    if (typeof object.userName !== "string" || object.userName.length)
                        message.userName = $String(object.userName);
                return message;
            };

            /**
             * Creates a plain object from an UnreadReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.UnreadReq
             * @static
             * @param {bubble.wire.UnreadReq} message UnreadReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            UnreadReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.userName = "";
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName"))
                    object.userName = message.userName;
                return object;
            };

            /**
             * Converts this UnreadReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.UnreadReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            UnreadReq.prototype.toJSON = function() {
                return UnreadReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UnreadReq;
        })();

        wire.UnreadRep = (function() {

            /**
             * Properties of an UnreadRep.
             * @typedef {Object} bubble.wire.UnreadRep.$Properties
             * @property {number|null} [ret] UnreadRep ret
             * @property {string|null} [errMsg] UnreadRep errMsg
             * @property {Array.<bubble.wire.ConversationState.$Properties>|null} [conversation] UnreadRep conversation
             * @property {Long|null} [syncedTo] UnreadRep syncedTo
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an UnreadRep.
             * @memberof bubble.wire
             * @interface IUnreadRep
             * @augments bubble.wire.UnreadRep.$Properties
             * @deprecated Use bubble.wire.UnreadRep.$Properties instead.
             */

            /**
             * Shape of an UnreadRep.
             * @typedef {bubble.wire.UnreadRep.$Properties} bubble.wire.UnreadRep.$Shape
             */

            /**
             * Constructs a new UnreadRep.
             * @memberof bubble.wire
             * @classdesc Represents an UnreadRep.
             * @constructor
             * @param {bubble.wire.UnreadRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const UnreadRep = function (properties) {
                this.conversation = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * UnreadRep ret.
             * @member {number} ret
             * @memberof bubble.wire.UnreadRep
             * @instance
             */
            UnreadRep.prototype.ret = 0;

            /**
             * UnreadRep errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.UnreadRep
             * @instance
             */
            UnreadRep.prototype.errMsg = "";

            /**
             * UnreadRep conversation.
             * @member {Array.<bubble.wire.ConversationState.$Properties>} conversation
             * @memberof bubble.wire.UnreadRep
             * @instance
             */
            UnreadRep.prototype.conversation = $util.emptyArray;

            /**
             * UnreadRep syncedTo.
             * @member {Long} syncedTo
             * @memberof bubble.wire.UnreadRep
             * @instance
             */
            UnreadRep.prototype.syncedTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new UnreadRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.UnreadRep
             * @static
             * @param {bubble.wire.UnreadRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.UnreadRep} UnreadRep instance
             * @type {{
             *   (properties: bubble.wire.UnreadRep.$Shape): bubble.wire.UnreadRep & bubble.wire.UnreadRep.$Shape;
             *   (properties?: bubble.wire.UnreadRep.$Properties): bubble.wire.UnreadRep;
             * }}
             */
            UnreadRep.create = function(properties) {
                return new UnreadRep(properties);
            };

            /**
             * Encodes the specified UnreadRep message. Does not implicitly {@link bubble.wire.UnreadRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.UnreadRep
             * @static
             * @param {bubble.wire.UnreadRep.$Properties} message UnreadRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            UnreadRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.conversation != null && message.conversation.length)
                    for (let i = 0; i < message.conversation.length; ++i)
                        $root.bubble.wire.ConversationState.encode(message.conversation[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo") && (typeof message.syncedTo === "object" ? message.syncedTo.low || message.syncedTo.high : message.syncedTo !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.syncedTo);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an UnreadRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.UnreadRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.UnreadRep & bubble.wire.UnreadRep.$Shape} UnreadRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            UnreadRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.UnreadRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.conversation && message.conversation.length))
                                message.conversation = [];
                            message.conversation.push($root.bubble.wire.ConversationState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.syncedTo = value;
                            else
                                delete message.syncedTo;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an UnreadRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.UnreadRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.UnreadRep} UnreadRep
             */
            UnreadRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.UnreadRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.UnreadRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.UnreadRep();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.conversation) {
                    if (!$Array.isArray(object.conversation))
                        throw $TypeError(".bubble.wire.UnreadRep.conversation: array expected");
                    message.conversation = $Array(object.conversation.length);
                    for (let i = 0; i < object.conversation.length; ++i) {
                        if (!$util.isObject(object.conversation[i]))
                            throw $TypeError(".bubble.wire.UnreadRep.conversation: object expected");
                        message.conversation[i] = $root.bubble.wire.ConversationState.fromObject(object.conversation[i], _depth + 1);
                    }
                }
                if (object.syncedTo != null)
                    if (typeof object.syncedTo === "object" ? object.syncedTo.low || object.syncedTo.high : $Number(object.syncedTo) !== 0)
                        if ($util.Long)
                            message.syncedTo = $util.Long.fromValue(object.syncedTo, true);
                        else if (typeof object.syncedTo === "string")
                            message.syncedTo = $parseInt(object.syncedTo, 10);
                        else if (typeof object.syncedTo === "number")
                            message.syncedTo = object.syncedTo;
                        else if (typeof object.syncedTo === "object")
                            message.syncedTo = new $util.LongBits(object.syncedTo.low >>> 0, object.syncedTo.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from an UnreadRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.UnreadRep
             * @static
             * @param {bubble.wire.UnreadRep} message UnreadRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            UnreadRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.conversation = [];
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.syncedTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.syncedTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.conversation && message.conversation.length) {
                    object.conversation = $Array(message.conversation.length);
                    for (let j = 0; j < message.conversation.length; ++j)
                        object.conversation[j] = $root.bubble.wire.ConversationState.toObject(message.conversation[j], options, _depth + 1);
                }
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.syncedTo = typeof message.syncedTo === "number" ? $BigInt(message.syncedTo) : $util.Long.fromBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0, true).toBigInt();
                    else if (typeof message.syncedTo === "number")
                        object.syncedTo = options.longs === $String ? $String(message.syncedTo) : message.syncedTo;
                    else
                        object.syncedTo = options.longs === $String ? $util.Long.prototype.toString.call(message.syncedTo) : options.longs === $Number ? new $util.LongBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0).toNumber(true) : message.syncedTo;
                return object;
            };

            /**
             * Converts this UnreadRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.UnreadRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            UnreadRep.prototype.toJSON = function() {
                return UnreadRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return UnreadRep;
        })();

        wire.ConversationListReq = (function() {

            /**
             * Properties of a ConversationListReq.
             * @typedef {Object} bubble.wire.ConversationListReq.$Properties
             * @property {number|null} [lastRows] ConversationListReq lastRows
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ConversationListReq.
             * @memberof bubble.wire
             * @interface IConversationListReq
             * @augments bubble.wire.ConversationListReq.$Properties
             * @deprecated Use bubble.wire.ConversationListReq.$Properties instead.
             */

            /**
             * Shape of a ConversationListReq.
             * @typedef {bubble.wire.ConversationListReq.$Properties} bubble.wire.ConversationListReq.$Shape
             */

            /**
             * Constructs a new ConversationListReq.
             * @memberof bubble.wire
             * @classdesc Represents a ConversationListReq.
             * @constructor
             * @param {bubble.wire.ConversationListReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ConversationListReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ConversationListReq lastRows.
             * @member {number} lastRows
             * @memberof bubble.wire.ConversationListReq
             * @instance
             */
            ConversationListReq.prototype.lastRows = 0;

            /**
             * Creates a new ConversationListReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ConversationListReq
             * @static
             * @param {bubble.wire.ConversationListReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ConversationListReq} ConversationListReq instance
             * @type {{
             *   (properties: bubble.wire.ConversationListReq.$Shape): bubble.wire.ConversationListReq & bubble.wire.ConversationListReq.$Shape;
             *   (properties?: bubble.wire.ConversationListReq.$Properties): bubble.wire.ConversationListReq;
             * }}
             */
            ConversationListReq.create = function(properties) {
                return new ConversationListReq(properties);
            };

            /**
             * Encodes the specified ConversationListReq message. Does not implicitly {@link bubble.wire.ConversationListReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ConversationListReq
             * @static
             * @param {bubble.wire.ConversationListReq.$Properties} message ConversationListReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ConversationListReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.lastRows != null && $Object.hasOwnProperty.call(message, "lastRows") && message.lastRows !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.lastRows);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ConversationListReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ConversationListReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationListReq & bubble.wire.ConversationListReq.$Shape} ConversationListReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ConversationListReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ConversationListReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.lastRows = value;
                            else
                                delete message.lastRows;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ConversationListReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ConversationListReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ConversationListReq} ConversationListReq
             */
            ConversationListReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ConversationListReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ConversationListReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ConversationListReq();
                if (object.lastRows != null)
                    if ($Number(object.lastRows) !== 0)
                        message.lastRows = object.lastRows >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a ConversationListReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ConversationListReq
             * @static
             * @param {bubble.wire.ConversationListReq} message ConversationListReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ConversationListReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.lastRows = 0;
                if (message.lastRows != null && $Object.hasOwnProperty.call(message, "lastRows"))
                    object.lastRows = message.lastRows;
                return object;
            };

            /**
             * Converts this ConversationListReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.ConversationListReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ConversationListReq.prototype.toJSON = function() {
                return ConversationListReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ConversationListReq;
        })();

        wire.ConversationListRep = (function() {

            /**
             * Properties of a ConversationListRep.
             * @typedef {Object} bubble.wire.ConversationListRep.$Properties
             * @property {number|null} [ret] ConversationListRep ret
             * @property {string|null} [errMsg] ConversationListRep errMsg
             * @property {Array.<bubble.wire.ConversationState.$Properties>|null} [conversation] ConversationListRep conversation
             * @property {Long|null} [syncedTo] ConversationListRep syncedTo
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ConversationListRep.
             * @memberof bubble.wire
             * @interface IConversationListRep
             * @augments bubble.wire.ConversationListRep.$Properties
             * @deprecated Use bubble.wire.ConversationListRep.$Properties instead.
             */

            /**
             * Shape of a ConversationListRep.
             * @typedef {bubble.wire.ConversationListRep.$Properties} bubble.wire.ConversationListRep.$Shape
             */

            /**
             * Constructs a new ConversationListRep.
             * @memberof bubble.wire
             * @classdesc Represents a ConversationListRep.
             * @constructor
             * @param {bubble.wire.ConversationListRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ConversationListRep = function (properties) {
                this.conversation = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ConversationListRep ret.
             * @member {number} ret
             * @memberof bubble.wire.ConversationListRep
             * @instance
             */
            ConversationListRep.prototype.ret = 0;

            /**
             * ConversationListRep errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.ConversationListRep
             * @instance
             */
            ConversationListRep.prototype.errMsg = "";

            /**
             * ConversationListRep conversation.
             * @member {Array.<bubble.wire.ConversationState.$Properties>} conversation
             * @memberof bubble.wire.ConversationListRep
             * @instance
             */
            ConversationListRep.prototype.conversation = $util.emptyArray;

            /**
             * ConversationListRep syncedTo.
             * @member {Long} syncedTo
             * @memberof bubble.wire.ConversationListRep
             * @instance
             */
            ConversationListRep.prototype.syncedTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new ConversationListRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ConversationListRep
             * @static
             * @param {bubble.wire.ConversationListRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ConversationListRep} ConversationListRep instance
             * @type {{
             *   (properties: bubble.wire.ConversationListRep.$Shape): bubble.wire.ConversationListRep & bubble.wire.ConversationListRep.$Shape;
             *   (properties?: bubble.wire.ConversationListRep.$Properties): bubble.wire.ConversationListRep;
             * }}
             */
            ConversationListRep.create = function(properties) {
                return new ConversationListRep(properties);
            };

            /**
             * Encodes the specified ConversationListRep message. Does not implicitly {@link bubble.wire.ConversationListRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ConversationListRep
             * @static
             * @param {bubble.wire.ConversationListRep.$Properties} message ConversationListRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ConversationListRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.conversation != null && message.conversation.length)
                    for (let i = 0; i < message.conversation.length; ++i)
                        $root.bubble.wire.ConversationState.encode(message.conversation[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo") && (typeof message.syncedTo === "object" ? message.syncedTo.low || message.syncedTo.high : message.syncedTo !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.syncedTo);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ConversationListRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ConversationListRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationListRep & bubble.wire.ConversationListRep.$Shape} ConversationListRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ConversationListRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ConversationListRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.conversation && message.conversation.length))
                                message.conversation = [];
                            message.conversation.push($root.bubble.wire.ConversationState.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.syncedTo = value;
                            else
                                delete message.syncedTo;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ConversationListRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ConversationListRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ConversationListRep} ConversationListRep
             */
            ConversationListRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ConversationListRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ConversationListRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ConversationListRep();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.conversation) {
                    if (!$Array.isArray(object.conversation))
                        throw $TypeError(".bubble.wire.ConversationListRep.conversation: array expected");
                    message.conversation = $Array(object.conversation.length);
                    for (let i = 0; i < object.conversation.length; ++i) {
                        if (!$util.isObject(object.conversation[i]))
                            throw $TypeError(".bubble.wire.ConversationListRep.conversation: object expected");
                        message.conversation[i] = $root.bubble.wire.ConversationState.fromObject(object.conversation[i], _depth + 1);
                    }
                }
                if (object.syncedTo != null)
                    if (typeof object.syncedTo === "object" ? object.syncedTo.low || object.syncedTo.high : $Number(object.syncedTo) !== 0)
                        if ($util.Long)
                            message.syncedTo = $util.Long.fromValue(object.syncedTo, true);
                        else if (typeof object.syncedTo === "string")
                            message.syncedTo = $parseInt(object.syncedTo, 10);
                        else if (typeof object.syncedTo === "number")
                            message.syncedTo = object.syncedTo;
                        else if (typeof object.syncedTo === "object")
                            message.syncedTo = new $util.LongBits(object.syncedTo.low >>> 0, object.syncedTo.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a ConversationListRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ConversationListRep
             * @static
             * @param {bubble.wire.ConversationListRep} message ConversationListRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ConversationListRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.conversation = [];
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.syncedTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.syncedTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.conversation && message.conversation.length) {
                    object.conversation = $Array(message.conversation.length);
                    for (let j = 0; j < message.conversation.length; ++j)
                        object.conversation[j] = $root.bubble.wire.ConversationState.toObject(message.conversation[j], options, _depth + 1);
                }
                if (message.syncedTo != null && $Object.hasOwnProperty.call(message, "syncedTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.syncedTo = typeof message.syncedTo === "number" ? $BigInt(message.syncedTo) : $util.Long.fromBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0, true).toBigInt();
                    else if (typeof message.syncedTo === "number")
                        object.syncedTo = options.longs === $String ? $String(message.syncedTo) : message.syncedTo;
                    else
                        object.syncedTo = options.longs === $String ? $util.Long.prototype.toString.call(message.syncedTo) : options.longs === $Number ? new $util.LongBits(message.syncedTo.low >>> 0, message.syncedTo.high >>> 0).toNumber(true) : message.syncedTo;
                return object;
            };

            /**
             * Converts this ConversationListRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.ConversationListRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ConversationListRep.prototype.toJSON = function() {
                return ConversationListRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ConversationListRep;
        })();

        wire.ConversationState = (function() {

            /**
             * Properties of a ConversationState.
             * @typedef {Object} bubble.wire.ConversationState.$Properties
             * @property {string|null} [userName] ConversationState userName
             * @property {boolean|null} [isRoom] ConversationState isRoom
             * @property {number|null} [unread] ConversationState unread
             * @property {Long|null} [readTo] ConversationState readTo
             * @property {Long|null} [newestConvSeq] ConversationState newestConvSeq
             * @property {Array.<bubble.wire.AddMsg.$Properties>|null} [lastRows] ConversationState lastRows
             * @property {Long|null} [peerReadTo] ConversationState peerReadTo
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a ConversationState.
             * @memberof bubble.wire
             * @interface IConversationState
             * @augments bubble.wire.ConversationState.$Properties
             * @deprecated Use bubble.wire.ConversationState.$Properties instead.
             */

            /**
             * Shape of a ConversationState.
             * @typedef {bubble.wire.ConversationState.$Properties} bubble.wire.ConversationState.$Shape
             */

            /**
             * Constructs a new ConversationState.
             * @memberof bubble.wire
             * @classdesc Represents a ConversationState.
             * @constructor
             * @param {bubble.wire.ConversationState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ConversationState = function (properties) {
                this.lastRows = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ConversationState userName.
             * @member {string} userName
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.userName = "";

            /**
             * ConversationState isRoom.
             * @member {boolean} isRoom
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.isRoom = false;

            /**
             * ConversationState unread.
             * @member {number} unread
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.unread = 0;

            /**
             * ConversationState readTo.
             * @member {Long} readTo
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.readTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ConversationState newestConvSeq.
             * @member {Long} newestConvSeq
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.newestConvSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * ConversationState lastRows.
             * @member {Array.<bubble.wire.AddMsg.$Properties>} lastRows
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.lastRows = $util.emptyArray;

            /**
             * ConversationState peerReadTo.
             * @member {Long} peerReadTo
             * @memberof bubble.wire.ConversationState
             * @instance
             */
            ConversationState.prototype.peerReadTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new ConversationState instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ConversationState
             * @static
             * @param {bubble.wire.ConversationState.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ConversationState} ConversationState instance
             * @type {{
             *   (properties: bubble.wire.ConversationState.$Shape): bubble.wire.ConversationState & bubble.wire.ConversationState.$Shape;
             *   (properties?: bubble.wire.ConversationState.$Properties): bubble.wire.ConversationState;
             * }}
             */
            ConversationState.create = function(properties) {
                return new ConversationState(properties);
            };

            /**
             * Encodes the specified ConversationState message. Does not implicitly {@link bubble.wire.ConversationState.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ConversationState
             * @static
             * @param {bubble.wire.ConversationState.$Properties} message ConversationState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ConversationState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName") && message.userName !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.userName);
                if (message.isRoom != null && $Object.hasOwnProperty.call(message, "isRoom") && message.isRoom !== false)
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.isRoom);
                if (message.unread != null && $Object.hasOwnProperty.call(message, "unread") && message.unread !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.unread);
                if (message.readTo != null && $Object.hasOwnProperty.call(message, "readTo") && (typeof message.readTo === "object" ? message.readTo.low || message.readTo.high : message.readTo !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.readTo);
                if (message.newestConvSeq != null && $Object.hasOwnProperty.call(message, "newestConvSeq") && (typeof message.newestConvSeq === "object" ? message.newestConvSeq.low || message.newestConvSeq.high : message.newestConvSeq !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.newestConvSeq);
                if (message.lastRows != null && message.lastRows.length)
                    for (let i = 0; i < message.lastRows.length; ++i)
                        $root.bubble.wire.AddMsg.encode(message.lastRows[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.peerReadTo != null && $Object.hasOwnProperty.call(message, "peerReadTo") && (typeof message.peerReadTo === "object" ? message.peerReadTo.low || message.peerReadTo.high : message.peerReadTo !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.peerReadTo);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a ConversationState message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ConversationState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ConversationState & bubble.wire.ConversationState.$Shape} ConversationState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ConversationState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ConversationState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.userName = value;
                            else
                                delete message.userName;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.isRoom = value;
                            else
                                delete message.isRoom;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.unread = value;
                            else
                                delete message.unread;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.readTo = value;
                            else
                                delete message.readTo;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.newestConvSeq = value;
                            else
                                delete message.newestConvSeq;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.lastRows && message.lastRows.length))
                                message.lastRows = [];
                            message.lastRows.push($root.bubble.wire.AddMsg.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.peerReadTo = value;
                            else
                                delete message.peerReadTo;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a ConversationState message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ConversationState
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ConversationState} ConversationState
             */
            ConversationState.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ConversationState)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ConversationState: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ConversationState();
                if (object.userName != null)
                    if (typeof object.userName !== "string" || object.userName.length)
                        message.userName = $String(object.userName);
                if (object.isRoom != null)
                    if (object.isRoom)
                        message.isRoom = $Boolean(object.isRoom);
                if (object.unread != null)
                    if ($Number(object.unread) !== 0)
                        message.unread = object.unread >>> 0;
                if (object.readTo != null)
                    if (typeof object.readTo === "object" ? object.readTo.low || object.readTo.high : $Number(object.readTo) !== 0)
                        if ($util.Long)
                            message.readTo = $util.Long.fromValue(object.readTo, true);
                        else if (typeof object.readTo === "string")
                            message.readTo = $parseInt(object.readTo, 10);
                        else if (typeof object.readTo === "number")
                            message.readTo = object.readTo;
                        else if (typeof object.readTo === "object")
                            message.readTo = new $util.LongBits(object.readTo.low >>> 0, object.readTo.high >>> 0).toNumber(true);
                if (object.newestConvSeq != null)
                    if (typeof object.newestConvSeq === "object" ? object.newestConvSeq.low || object.newestConvSeq.high : $Number(object.newestConvSeq) !== 0)
                        if ($util.Long)
                            message.newestConvSeq = $util.Long.fromValue(object.newestConvSeq, true);
                        else if (typeof object.newestConvSeq === "string")
                            message.newestConvSeq = $parseInt(object.newestConvSeq, 10);
                        else if (typeof object.newestConvSeq === "number")
                            message.newestConvSeq = object.newestConvSeq;
                        else if (typeof object.newestConvSeq === "object")
                            message.newestConvSeq = new $util.LongBits(object.newestConvSeq.low >>> 0, object.newestConvSeq.high >>> 0).toNumber(true);
                if (object.lastRows) {
                    if (!$Array.isArray(object.lastRows))
                        throw $TypeError(".bubble.wire.ConversationState.lastRows: array expected");
                    message.lastRows = $Array(object.lastRows.length);
                    for (let i = 0; i < object.lastRows.length; ++i) {
                        if (!$util.isObject(object.lastRows[i]))
                            throw $TypeError(".bubble.wire.ConversationState.lastRows: object expected");
                        message.lastRows[i] = $root.bubble.wire.AddMsg.fromObject(object.lastRows[i], _depth + 1);
                    }
                }
                if (object.peerReadTo != null)
                    if (typeof object.peerReadTo === "object" ? object.peerReadTo.low || object.peerReadTo.high : $Number(object.peerReadTo) !== 0)
                        if ($util.Long)
                            message.peerReadTo = $util.Long.fromValue(object.peerReadTo, true);
                        else if (typeof object.peerReadTo === "string")
                            message.peerReadTo = $parseInt(object.peerReadTo, 10);
                        else if (typeof object.peerReadTo === "number")
                            message.peerReadTo = object.peerReadTo;
                        else if (typeof object.peerReadTo === "object")
                            message.peerReadTo = new $util.LongBits(object.peerReadTo.low >>> 0, object.peerReadTo.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a ConversationState message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ConversationState
             * @static
             * @param {bubble.wire.ConversationState} message ConversationState
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ConversationState.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.lastRows = [];
                if (options.defaults) {
                    object.userName = "";
                    object.isRoom = false;
                    object.unread = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.readTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.readTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.newestConvSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.newestConvSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.peerReadTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.peerReadTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.userName != null && $Object.hasOwnProperty.call(message, "userName"))
                    object.userName = message.userName;
                if (message.isRoom != null && $Object.hasOwnProperty.call(message, "isRoom"))
                    object.isRoom = message.isRoom;
                if (message.unread != null && $Object.hasOwnProperty.call(message, "unread"))
                    object.unread = message.unread;
                if (message.readTo != null && $Object.hasOwnProperty.call(message, "readTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.readTo = typeof message.readTo === "number" ? $BigInt(message.readTo) : $util.Long.fromBits(message.readTo.low >>> 0, message.readTo.high >>> 0, true).toBigInt();
                    else if (typeof message.readTo === "number")
                        object.readTo = options.longs === $String ? $String(message.readTo) : message.readTo;
                    else
                        object.readTo = options.longs === $String ? $util.Long.prototype.toString.call(message.readTo) : options.longs === $Number ? new $util.LongBits(message.readTo.low >>> 0, message.readTo.high >>> 0).toNumber(true) : message.readTo;
                if (message.newestConvSeq != null && $Object.hasOwnProperty.call(message, "newestConvSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.newestConvSeq = typeof message.newestConvSeq === "number" ? $BigInt(message.newestConvSeq) : $util.Long.fromBits(message.newestConvSeq.low >>> 0, message.newestConvSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.newestConvSeq === "number")
                        object.newestConvSeq = options.longs === $String ? $String(message.newestConvSeq) : message.newestConvSeq;
                    else
                        object.newestConvSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.newestConvSeq) : options.longs === $Number ? new $util.LongBits(message.newestConvSeq.low >>> 0, message.newestConvSeq.high >>> 0).toNumber(true) : message.newestConvSeq;
                if (message.lastRows && message.lastRows.length) {
                    object.lastRows = $Array(message.lastRows.length);
                    for (let j = 0; j < message.lastRows.length; ++j)
                        object.lastRows[j] = $root.bubble.wire.AddMsg.toObject(message.lastRows[j], options, _depth + 1);
                }
                if (message.peerReadTo != null && $Object.hasOwnProperty.call(message, "peerReadTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.peerReadTo = typeof message.peerReadTo === "number" ? $BigInt(message.peerReadTo) : $util.Long.fromBits(message.peerReadTo.low >>> 0, message.peerReadTo.high >>> 0, true).toBigInt();
                    else if (typeof message.peerReadTo === "number")
                        object.peerReadTo = options.longs === $String ? $String(message.peerReadTo) : message.peerReadTo;
                    else
                        object.peerReadTo = options.longs === $String ? $util.Long.prototype.toString.call(message.peerReadTo) : options.longs === $Number ? new $util.LongBits(message.peerReadTo.low >>> 0, message.peerReadTo.high >>> 0).toNumber(true) : message.peerReadTo;
                return object;
            };

            /**
             * Converts this ConversationState to JSON.
             * @function toJSON
             * @memberof bubble.wire.ConversationState
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ConversationState.prototype.toJSON = function() {
                return ConversationState.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ConversationState;
        })();

        wire.GroupInfoReq = (function() {

            /**
             * Properties of a GroupInfoReq.
             * @typedef {Object} bubble.wire.GroupInfoReq.$Properties
             * @property {string|null} [group] GroupInfoReq group
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GroupInfoReq.
             * @memberof bubble.wire
             * @interface IGroupInfoReq
             * @augments bubble.wire.GroupInfoReq.$Properties
             * @deprecated Use bubble.wire.GroupInfoReq.$Properties instead.
             */

            /**
             * Shape of a GroupInfoReq.
             * @typedef {bubble.wire.GroupInfoReq.$Properties} bubble.wire.GroupInfoReq.$Shape
             */

            /**
             * Constructs a new GroupInfoReq.
             * @memberof bubble.wire
             * @classdesc Represents a GroupInfoReq.
             * @constructor
             * @param {bubble.wire.GroupInfoReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GroupInfoReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GroupInfoReq group.
             * @member {string} group
             * @memberof bubble.wire.GroupInfoReq
             * @instance
             */
            GroupInfoReq.prototype.group = "";

            /**
             * Creates a new GroupInfoReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.GroupInfoReq
             * @static
             * @param {bubble.wire.GroupInfoReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.GroupInfoReq} GroupInfoReq instance
             * @type {{
             *   (properties: bubble.wire.GroupInfoReq.$Shape): bubble.wire.GroupInfoReq & bubble.wire.GroupInfoReq.$Shape;
             *   (properties?: bubble.wire.GroupInfoReq.$Properties): bubble.wire.GroupInfoReq;
             * }}
             */
            GroupInfoReq.create = function(properties) {
                return new GroupInfoReq(properties);
            };

            /**
             * Encodes the specified GroupInfoReq message. Does not implicitly {@link bubble.wire.GroupInfoReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.GroupInfoReq
             * @static
             * @param {bubble.wire.GroupInfoReq.$Properties} message GroupInfoReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GroupInfoReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.group != null && $Object.hasOwnProperty.call(message, "group") && message.group !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.group);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GroupInfoReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.GroupInfoReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.GroupInfoReq & bubble.wire.GroupInfoReq.$Shape} GroupInfoReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GroupInfoReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.GroupInfoReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.group = value;
                            else
                                delete message.group;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a GroupInfoReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.GroupInfoReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.GroupInfoReq} GroupInfoReq
             */
            GroupInfoReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.GroupInfoReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.GroupInfoReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.GroupInfoReq();
                if (object.group != null)
                    if (typeof object.group !== "string" || object.group.length)
                        message.group = $String(object.group);
                return message;
            };

            /**
             * Creates a plain object from a GroupInfoReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.GroupInfoReq
             * @static
             * @param {bubble.wire.GroupInfoReq} message GroupInfoReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            GroupInfoReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    object.group = "";
                if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                    object.group = message.group;
                return object;
            };

            /**
             * Converts this GroupInfoReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.GroupInfoReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            GroupInfoReq.prototype.toJSON = function() {
                return GroupInfoReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GroupInfoReq;
        })();

        wire.GroupInfoRep = (function() {

            /**
             * Properties of a GroupInfoRep.
             * @typedef {Object} bubble.wire.GroupInfoRep.$Properties
             * @property {number|null} [ret] GroupInfoRep ret
             * @property {string|null} [errMsg] GroupInfoRep errMsg
             * @property {string|null} [group] GroupInfoRep group
             * @property {string|null} [title] GroupInfoRep title
             * @property {string|null} [owner] GroupInfoRep owner
             * @property {Array.<string>|null} [members] GroupInfoRep members
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GroupInfoRep.
             * @memberof bubble.wire
             * @interface IGroupInfoRep
             * @augments bubble.wire.GroupInfoRep.$Properties
             * @deprecated Use bubble.wire.GroupInfoRep.$Properties instead.
             */

            /**
             * Shape of a GroupInfoRep.
             * @typedef {bubble.wire.GroupInfoRep.$Properties} bubble.wire.GroupInfoRep.$Shape
             */

            /**
             * Constructs a new GroupInfoRep.
             * @memberof bubble.wire
             * @classdesc Represents a GroupInfoRep.
             * @constructor
             * @param {bubble.wire.GroupInfoRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GroupInfoRep = function (properties) {
                this.members = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GroupInfoRep ret.
             * @member {number} ret
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.ret = 0;

            /**
             * GroupInfoRep errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.errMsg = "";

            /**
             * GroupInfoRep group.
             * @member {string} group
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.group = "";

            /**
             * GroupInfoRep title.
             * @member {string} title
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.title = "";

            /**
             * GroupInfoRep owner.
             * @member {string} owner
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.owner = "";

            /**
             * GroupInfoRep members.
             * @member {Array.<string>} members
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             */
            GroupInfoRep.prototype.members = $util.emptyArray;

            /**
             * Creates a new GroupInfoRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.GroupInfoRep
             * @static
             * @param {bubble.wire.GroupInfoRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.GroupInfoRep} GroupInfoRep instance
             * @type {{
             *   (properties: bubble.wire.GroupInfoRep.$Shape): bubble.wire.GroupInfoRep & bubble.wire.GroupInfoRep.$Shape;
             *   (properties?: bubble.wire.GroupInfoRep.$Properties): bubble.wire.GroupInfoRep;
             * }}
             */
            GroupInfoRep.create = function(properties) {
                return new GroupInfoRep(properties);
            };

            /**
             * Encodes the specified GroupInfoRep message. Does not implicitly {@link bubble.wire.GroupInfoRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.GroupInfoRep
             * @static
             * @param {bubble.wire.GroupInfoRep.$Properties} message GroupInfoRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GroupInfoRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.group != null && $Object.hasOwnProperty.call(message, "group") && message.group !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.group);
                if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.title);
                if (message.owner != null && $Object.hasOwnProperty.call(message, "owner") && message.owner !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.owner);
                if (message.members != null && message.members.length)
                    for (let i = 0; i < message.members.length; ++i)
                        writer.uint32(/* id 6, wireType 2 =*/50).string(message.members[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GroupInfoRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.GroupInfoRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.GroupInfoRep & bubble.wire.GroupInfoRep.$Shape} GroupInfoRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GroupInfoRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.GroupInfoRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.group = value;
                            else
                                delete message.group;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.title = value;
                            else
                                delete message.title;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.owner = value;
                            else
                                delete message.owner;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.members && message.members.length))
                                message.members = [];
                            message.members.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a GroupInfoRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.GroupInfoRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.GroupInfoRep} GroupInfoRep
             */
            GroupInfoRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.GroupInfoRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.GroupInfoRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.GroupInfoRep();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.group != null)
                    if (typeof object.group !== "string" || object.group.length)
                        message.group = $String(object.group);
                if (object.title != null)
                    if (typeof object.title !== "string" || object.title.length)
                        message.title = $String(object.title);
                if (object.owner != null)
                    if (typeof object.owner !== "string" || object.owner.length)
                        message.owner = $String(object.owner);
                if (object.members) {
                    if (!$Array.isArray(object.members))
                        throw $TypeError(".bubble.wire.GroupInfoRep.members: array expected");
                    message.members = $Array(object.members.length);
                    for (let i = 0; i < object.members.length; ++i)
                        message.members[i] = $String(object.members[i]);
                }
                return message;
            };

            /**
             * Creates a plain object from a GroupInfoRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.GroupInfoRep
             * @static
             * @param {bubble.wire.GroupInfoRep} message GroupInfoRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            GroupInfoRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.members = [];
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    object.group = "";
                    object.title = "";
                    object.owner = "";
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                    object.group = message.group;
                if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                    object.title = message.title;
                if (message.owner != null && $Object.hasOwnProperty.call(message, "owner"))
                    object.owner = message.owner;
                if (message.members && message.members.length) {
                    object.members = $Array(message.members.length);
                    for (let j = 0; j < message.members.length; ++j)
                        object.members[j] = message.members[j];
                }
                return object;
            };

            /**
             * Converts this GroupInfoRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.GroupInfoRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            GroupInfoRep.prototype.toJSON = function() {
                return GroupInfoRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return GroupInfoRep;
        })();

        /**
         * RowKind enum.
         * @name bubble.wire.RowKind
         * @enum {number}
         * @property {number} MESSAGE=0 MESSAGE value
         * @property {number} READ=1 READ value
         * @property {number} RECALL=2 RECALL value
         * @property {number} MEMBERSHIP=3 MEMBERSHIP value
         * @property {number} REJECTED=4 REJECTED value
         * @property {number} PLACEHOLDER=5 PLACEHOLDER value
         * @property {number} EDIT=6 EDIT value
         * @property {number} REACTION=7 REACTION value
         */
        wire.RowKind = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "MESSAGE"] = 0;
            values[valuesById[1] = "READ"] = 1;
            values[valuesById[2] = "RECALL"] = 2;
            values[valuesById[3] = "MEMBERSHIP"] = 3;
            values[valuesById[4] = "REJECTED"] = 4;
            values[valuesById[5] = "PLACEHOLDER"] = 5;
            values[valuesById[6] = "EDIT"] = 6;
            values[valuesById[7] = "REACTION"] = 7;
            return values;
        })();

        /**
         * MembershipChange enum.
         * @name bubble.wire.MembershipChange
         * @enum {number}
         * @property {number} NONE=0 NONE value
         * @property {number} CREATED=1 CREATED value
         * @property {number} JOINED=2 JOINED value
         * @property {number} LEFT=3 LEFT value
         * @property {number} INVITED=4 INVITED value
         * @property {number} KICKED=5 KICKED value
         * @property {number} DISMISSED=6 DISMISSED value
         */
        wire.MembershipChange = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "NONE"] = 0;
            values[valuesById[1] = "CREATED"] = 1;
            values[valuesById[2] = "JOINED"] = 2;
            values[valuesById[3] = "LEFT"] = 3;
            values[valuesById[4] = "INVITED"] = 4;
            values[valuesById[5] = "KICKED"] = 5;
            values[valuesById[6] = "DISMISSED"] = 6;
            return values;
        })();

        wire.AddMsg = (function() {

            /**
             * Properties of an AddMsg.
             * @typedef {Object} bubble.wire.AddMsg.$Properties
             * @property {Long|null} [msgId] AddMsg msgId
             * @property {string|null} [fromUserName] AddMsg fromUserName
             * @property {string|null} [toUserName] AddMsg toUserName
             * @property {number|null} [msgType] AddMsg msgType
             * @property {Uint8Array|null} [content] AddMsg content
             * @property {number|null} [status] AddMsg status
             * @property {Long|null} [createTime] AddMsg createTime
             * @property {string|null} [msgSource] AddMsg msgSource
             * @property {string|null} [pushContent] AddMsg pushContent
             * @property {Long|null} [serverMsgId] AddMsg serverMsgId
             * @property {Long|null} [serverMsgSeq] AddMsg serverMsgSeq
             * @property {Long|null} [clientMsgId] AddMsg clientMsgId
             * @property {number|null} [clientSeq] AddMsg clientSeq
             * @property {Long|null} [convSeq] AddMsg convSeq
             * @property {bubble.wire.RowKind|null} [kind] AddMsg kind
             * @property {boolean|null} [isRoom] AddMsg isRoom
             * @property {bubble.wire.Reference.$Properties|null} [reference] AddMsg reference
             * @property {Long|null} [serverTime] AddMsg serverTime
             * @property {bubble.wire.Membership.$Properties|null} [membership] AddMsg membership
             * @property {string|null} [deviceId] AddMsg deviceId
             * @property {boolean|null} [own] AddMsg own
             * @property {Long|null} [prevSeq] AddMsg prevSeq
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AddMsg.
             * @memberof bubble.wire
             * @interface IAddMsg
             * @augments bubble.wire.AddMsg.$Properties
             * @deprecated Use bubble.wire.AddMsg.$Properties instead.
             */

            /**
             * Shape of an AddMsg.
             * @typedef {bubble.wire.AddMsg.$Properties} bubble.wire.AddMsg.$Shape
             */

            /**
             * Constructs a new AddMsg.
             * @memberof bubble.wire
             * @classdesc Represents an AddMsg.
             * @constructor
             * @param {bubble.wire.AddMsg.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AddMsg = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AddMsg msgId.
             * @member {Long} msgId
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.msgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg fromUserName.
             * @member {string} fromUserName
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.fromUserName = "";

            /**
             * AddMsg toUserName.
             * @member {string} toUserName
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.toUserName = "";

            /**
             * AddMsg msgType.
             * @member {number} msgType
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.msgType = 0;

            /**
             * AddMsg content.
             * @member {Uint8Array} content
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.content = $util.newBuffer([]);

            /**
             * AddMsg status.
             * @member {number} status
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.status = 0;

            /**
             * AddMsg createTime.
             * @member {Long} createTime
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.createTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg msgSource.
             * @member {string} msgSource
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.msgSource = "";

            /**
             * AddMsg pushContent.
             * @member {string} pushContent
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.pushContent = "";

            /**
             * AddMsg serverMsgId.
             * @member {Long} serverMsgId
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.serverMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg serverMsgSeq.
             * @member {Long} serverMsgSeq
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.serverMsgSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg clientSeq.
             * @member {number} clientSeq
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.clientSeq = 0;

            /**
             * AddMsg convSeq.
             * @member {Long} convSeq
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.convSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg kind.
             * @member {bubble.wire.RowKind} kind
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.kind = 0;

            /**
             * AddMsg isRoom.
             * @member {boolean} isRoom
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.isRoom = false;

            /**
             * AddMsg reference.
             * @member {bubble.wire.Reference.$Properties|null|undefined} reference
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.reference = null;

            /**
             * AddMsg serverTime.
             * @member {Long} serverTime
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.serverTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * AddMsg membership.
             * @member {bubble.wire.Membership.$Properties|null|undefined} membership
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.membership = null;

            /**
             * AddMsg deviceId.
             * @member {string} deviceId
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.deviceId = "";

            /**
             * AddMsg own.
             * @member {boolean} own
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.own = false;

            /**
             * AddMsg prevSeq.
             * @member {Long} prevSeq
             * @memberof bubble.wire.AddMsg
             * @instance
             */
            AddMsg.prototype.prevSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new AddMsg instance using the specified properties.
             * @function create
             * @memberof bubble.wire.AddMsg
             * @static
             * @param {bubble.wire.AddMsg.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.AddMsg} AddMsg instance
             * @type {{
             *   (properties: bubble.wire.AddMsg.$Shape): bubble.wire.AddMsg & bubble.wire.AddMsg.$Shape;
             *   (properties?: bubble.wire.AddMsg.$Properties): bubble.wire.AddMsg;
             * }}
             */
            AddMsg.create = function(properties) {
                return new AddMsg(properties);
            };

            /**
             * Encodes the specified AddMsg message. Does not implicitly {@link bubble.wire.AddMsg.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.AddMsg
             * @static
             * @param {bubble.wire.AddMsg.$Properties} message AddMsg message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AddMsg.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.msgId != null && $Object.hasOwnProperty.call(message, "msgId") && (typeof message.msgId === "object" ? message.msgId.low || message.msgId.high : message.msgId !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.msgId);
                if (message.fromUserName != null && $Object.hasOwnProperty.call(message, "fromUserName") && message.fromUserName !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.fromUserName);
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName") && message.toUserName !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.toUserName);
                if (message.msgType != null && $Object.hasOwnProperty.call(message, "msgType") && message.msgType !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.msgType);
                if (message.content != null && $Object.hasOwnProperty.call(message, "content") && message.content.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.content);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).int32(message.status);
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime") && (typeof message.createTime === "object" ? message.createTime.low || message.createTime.high : message.createTime !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.createTime);
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource") && message.msgSource !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.msgSource);
                if (message.pushContent != null && $Object.hasOwnProperty.call(message, "pushContent") && message.pushContent !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.pushContent);
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId") && (typeof message.serverMsgId === "object" ? message.serverMsgId.low || message.serverMsgId.high : message.serverMsgId !== 0))
                    writer.uint32(/* id 10, wireType 1 =*/81).fixed64(message.serverMsgId);
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq") && (typeof message.serverMsgSeq === "object" ? message.serverMsgSeq.low || message.serverMsgSeq.high : message.serverMsgSeq !== 0))
                    writer.uint32(/* id 11, wireType 0 =*/88).uint64(message.serverMsgSeq);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 12, wireType 1 =*/97).fixed64(message.clientMsgId);
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq") && message.clientSeq !== 0)
                    writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.clientSeq);
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq") && (typeof message.convSeq === "object" ? message.convSeq.low || message.convSeq.high : message.convSeq !== 0))
                    writer.uint32(/* id 14, wireType 0 =*/112).uint64(message.convSeq);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(/* id 15, wireType 0 =*/120).int32(message.kind);
                if (message.prevSeq != null && $Object.hasOwnProperty.call(message, "prevSeq") && (typeof message.prevSeq === "object" ? message.prevSeq.low || message.prevSeq.high : message.prevSeq !== 0))
                    writer.uint32(/* id 16, wireType 0 =*/128).uint64(message.prevSeq);
                if (message.isRoom != null && $Object.hasOwnProperty.call(message, "isRoom") && message.isRoom !== false)
                    writer.uint32(/* id 17, wireType 0 =*/136).bool(message.isRoom);
                if (message.own != null && $Object.hasOwnProperty.call(message, "own") && message.own !== false)
                    writer.uint32(/* id 18, wireType 0 =*/144).bool(message.own);
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    $root.bubble.wire.Reference.encode(message.reference, writer.uint32(/* id 19, wireType 2 =*/154).fork(), _depth + 1).ldelim();
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime") && (typeof message.serverTime === "object" ? message.serverTime.low || message.serverTime.high : message.serverTime !== 0))
                    writer.uint32(/* id 20, wireType 0 =*/160).uint64(message.serverTime);
                if (message.membership != null && $Object.hasOwnProperty.call(message, "membership"))
                    $root.bubble.wire.Membership.encode(message.membership, writer.uint32(/* id 21, wireType 2 =*/170).fork(), _depth + 1).ldelim();
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId") && message.deviceId !== "")
                    writer.uint32(/* id 22, wireType 2 =*/178).string(message.deviceId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AddMsg message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.AddMsg
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.AddMsg & bubble.wire.AddMsg.$Shape} AddMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AddMsg.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.AddMsg();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.msgId = value;
                            else
                                delete message.msgId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.fromUserName = value;
                            else
                                delete message.fromUserName;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.toUserName = value;
                            else
                                delete message.toUserName;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.msgType = value;
                            else
                                delete message.msgType;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.content = value;
                            else
                                delete message.content;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.status = value;
                            else
                                delete message.status;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.createTime = value;
                            else
                                delete message.createTime;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.msgSource = value;
                            else
                                delete message.msgSource;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.pushContent = value;
                            else
                                delete message.pushContent;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgId = value;
                            else
                                delete message.serverMsgId;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgSeq = value;
                            else
                                delete message.serverMsgSeq;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clientSeq = value;
                            else
                                delete message.clientSeq;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.convSeq = value;
                            else
                                delete message.convSeq;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 17: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.isRoom = value;
                            else
                                delete message.isRoom;
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.reference = $root.bubble.wire.Reference.decode(reader, reader.size(), $undefined, _depth + 1, message.reference);
                            continue;
                        }
                    case 20: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverTime = value;
                            else
                                delete message.serverTime;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.membership = $root.bubble.wire.Membership.decode(reader, reader.size(), $undefined, _depth + 1, message.membership);
                            continue;
                        }
                    case 22: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceId = value;
                            else
                                delete message.deviceId;
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.own = value;
                            else
                                delete message.own;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.prevSeq = value;
                            else
                                delete message.prevSeq;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an AddMsg message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.AddMsg
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.AddMsg} AddMsg
             */
            AddMsg.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.AddMsg)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.AddMsg: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.AddMsg();
                if (object.msgId != null)
                    if (typeof object.msgId === "object" ? object.msgId.low || object.msgId.high : $Number(object.msgId) !== 0)
                        if ($util.Long)
                            message.msgId = $util.Long.fromValue(object.msgId, true);
                        else if (typeof object.msgId === "string")
                            message.msgId = $parseInt(object.msgId, 10);
                        else if (typeof object.msgId === "number")
                            message.msgId = object.msgId;
                        else if (typeof object.msgId === "object")
                            message.msgId = new $util.LongBits(object.msgId.low >>> 0, object.msgId.high >>> 0).toNumber(true);
                if (object.fromUserName != null)
                    if (typeof object.fromUserName !== "string" || object.fromUserName.length)
                        message.fromUserName = $String(object.fromUserName);
                if (object.toUserName != null)
                    if (typeof object.toUserName !== "string" || object.toUserName.length)
                        message.toUserName = $String(object.toUserName);
                if (object.msgType != null)
                    if ($Number(object.msgType) !== 0)
                        message.msgType = object.msgType >>> 0;
                if (object.content != null)
                    if (object.content.length)
                        if (typeof object.content === "string")
                            $util.base64.decode(object.content, message.content = $util.newBuffer($util.base64.length(object.content)), 0);
                        else if (object.content.length >= 0)
                            message.content = object.content;
                if (object.status != null)
                    if ($Number(object.status) !== 0)
                        message.status = object.status | 0;
                if (object.createTime != null)
                    if (typeof object.createTime === "object" ? object.createTime.low || object.createTime.high : $Number(object.createTime) !== 0)
                        if ($util.Long)
                            message.createTime = $util.Long.fromValue(object.createTime, true);
                        else if (typeof object.createTime === "string")
                            message.createTime = $parseInt(object.createTime, 10);
                        else if (typeof object.createTime === "number")
                            message.createTime = object.createTime;
                        else if (typeof object.createTime === "object")
                            message.createTime = new $util.LongBits(object.createTime.low >>> 0, object.createTime.high >>> 0).toNumber(true);
                if (object.msgSource != null)
                    if (typeof object.msgSource !== "string" || object.msgSource.length)
                        message.msgSource = $String(object.msgSource);
                if (object.pushContent != null)
                    if (typeof object.pushContent !== "string" || object.pushContent.length)
                        message.pushContent = $String(object.pushContent);
                if (object.serverMsgId != null)
                    if (typeof object.serverMsgId === "object" ? object.serverMsgId.low || object.serverMsgId.high : $Number(object.serverMsgId) !== 0)
                        if ($util.Long)
                            message.serverMsgId = $util.Long.fromValue(object.serverMsgId, true);
                        else if (typeof object.serverMsgId === "string")
                            message.serverMsgId = $parseInt(object.serverMsgId, 10);
                        else if (typeof object.serverMsgId === "number")
                            message.serverMsgId = object.serverMsgId;
                        else if (typeof object.serverMsgId === "object")
                            message.serverMsgId = new $util.LongBits(object.serverMsgId.low >>> 0, object.serverMsgId.high >>> 0).toNumber(true);
                if (object.serverMsgSeq != null)
                    if (typeof object.serverMsgSeq === "object" ? object.serverMsgSeq.low || object.serverMsgSeq.high : $Number(object.serverMsgSeq) !== 0)
                        if ($util.Long)
                            message.serverMsgSeq = $util.Long.fromValue(object.serverMsgSeq, true);
                        else if (typeof object.serverMsgSeq === "string")
                            message.serverMsgSeq = $parseInt(object.serverMsgSeq, 10);
                        else if (typeof object.serverMsgSeq === "number")
                            message.serverMsgSeq = object.serverMsgSeq;
                        else if (typeof object.serverMsgSeq === "object")
                            message.serverMsgSeq = new $util.LongBits(object.serverMsgSeq.low >>> 0, object.serverMsgSeq.high >>> 0).toNumber(true);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.clientSeq != null)
                    if ($Number(object.clientSeq) !== 0)
                        message.clientSeq = object.clientSeq >>> 0;
                if (object.convSeq != null)
                    if (typeof object.convSeq === "object" ? object.convSeq.low || object.convSeq.high : $Number(object.convSeq) !== 0)
                        if ($util.Long)
                            message.convSeq = $util.Long.fromValue(object.convSeq, true);
                        else if (typeof object.convSeq === "string")
                            message.convSeq = $parseInt(object.convSeq, 10);
                        else if (typeof object.convSeq === "number")
                            message.convSeq = object.convSeq;
                        else if (typeof object.convSeq === "object")
                            message.convSeq = new $util.LongBits(object.convSeq.low >>> 0, object.convSeq.high >>> 0).toNumber(true);
                if (object.kind !== 0 && (typeof object.kind !== "string" || $root.bubble.wire.RowKind[object.kind] !== 0))
                    switch (object.kind) {
                    case "MESSAGE":
                    case 0:
                        message.kind = 0;
                        break;
                    case "READ":
                    case 1:
                        message.kind = 1;
                        break;
                    case "RECALL":
                    case 2:
                        message.kind = 2;
                        break;
                    case "MEMBERSHIP":
                    case 3:
                        message.kind = 3;
                        break;
                    case "REJECTED":
                    case 4:
                        message.kind = 4;
                        break;
                    case "PLACEHOLDER":
                    case 5:
                        message.kind = 5;
                        break;
                    case "EDIT":
                    case 6:
                        message.kind = 6;
                        break;
                    case "REACTION":
                    case 7:
                        message.kind = 7;
                        break;
                    default:
                        if (typeof object.kind === "number" && (object.kind | 0) === object.kind)
                            message.kind = object.kind;
                    }
                if (object.isRoom != null)
                    if (object.isRoom)
                        message.isRoom = $Boolean(object.isRoom);
                if (object.reference != null) {
                    if (!$util.isObject(object.reference))
                        throw $TypeError(".bubble.wire.AddMsg.reference: object expected");
                    message.reference = $root.bubble.wire.Reference.fromObject(object.reference, _depth + 1);
                }
                if (object.serverTime != null)
                    if (typeof object.serverTime === "object" ? object.serverTime.low || object.serverTime.high : $Number(object.serverTime) !== 0)
                        if ($util.Long)
                            message.serverTime = $util.Long.fromValue(object.serverTime, true);
                        else if (typeof object.serverTime === "string")
                            message.serverTime = $parseInt(object.serverTime, 10);
                        else if (typeof object.serverTime === "number")
                            message.serverTime = object.serverTime;
                        else if (typeof object.serverTime === "object")
                            message.serverTime = new $util.LongBits(object.serverTime.low >>> 0, object.serverTime.high >>> 0).toNumber(true);
                if (object.membership != null) {
                    if (!$util.isObject(object.membership))
                        throw $TypeError(".bubble.wire.AddMsg.membership: object expected");
                    message.membership = $root.bubble.wire.Membership.fromObject(object.membership, _depth + 1);
                }
                if (object.deviceId != null)
                    if (typeof object.deviceId !== "string" || object.deviceId.length)
                        message.deviceId = $String(object.deviceId);
                if (object.own != null)
                    if (object.own)
                        message.own = $Boolean(object.own);
                if (object.prevSeq != null)
                    if (typeof object.prevSeq === "object" ? object.prevSeq.low || object.prevSeq.high : $Number(object.prevSeq) !== 0)
                        if ($util.Long)
                            message.prevSeq = $util.Long.fromValue(object.prevSeq, true);
                        else if (typeof object.prevSeq === "string")
                            message.prevSeq = $parseInt(object.prevSeq, 10);
                        else if (typeof object.prevSeq === "number")
                            message.prevSeq = object.prevSeq;
                        else if (typeof object.prevSeq === "object")
                            message.prevSeq = new $util.LongBits(object.prevSeq.low >>> 0, object.prevSeq.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from an AddMsg message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.AddMsg
             * @static
             * @param {bubble.wire.AddMsg} message AddMsg
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            AddMsg.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.msgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.msgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.fromUserName = "";
                    object.toUserName = "";
                    object.msgType = 0;
                    if (options.bytes === $String)
                        object.content = "";
                    else {
                        object.content = [];
                        if (options.bytes !== $Array)
                            object.content = $util.newBuffer(object.content);
                    }
                    object.status = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.createTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.createTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.msgSource = "";
                    object.pushContent = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.clientSeq = 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.convSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.convSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.kind = options.enums === $String ? "MESSAGE" : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.prevSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.prevSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.isRoom = false;
                    object.own = false;
                    object.reference = null;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.membership = null;
                    object.deviceId = "";
                }
                if (message.msgId != null && $Object.hasOwnProperty.call(message, "msgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.msgId = typeof message.msgId === "number" ? $BigInt(message.msgId) : $util.Long.fromBits(message.msgId.low >>> 0, message.msgId.high >>> 0, true).toBigInt();
                    else if (typeof message.msgId === "number")
                        object.msgId = options.longs === $String ? $String(message.msgId) : message.msgId;
                    else
                        object.msgId = options.longs === $String ? $util.Long.prototype.toString.call(message.msgId) : options.longs === $Number ? new $util.LongBits(message.msgId.low >>> 0, message.msgId.high >>> 0).toNumber(true) : message.msgId;
                if (message.fromUserName != null && $Object.hasOwnProperty.call(message, "fromUserName"))
                    object.fromUserName = message.fromUserName;
                if (message.toUserName != null && $Object.hasOwnProperty.call(message, "toUserName"))
                    object.toUserName = message.toUserName;
                if (message.msgType != null && $Object.hasOwnProperty.call(message, "msgType"))
                    object.msgType = message.msgType;
                if (message.content != null && $Object.hasOwnProperty.call(message, "content"))
                    object.content = options.bytes === $String ? $util.base64.encode(message.content, 0, message.content.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.content) : message.content;
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    object.status = message.status;
                if (message.createTime != null && $Object.hasOwnProperty.call(message, "createTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.createTime = typeof message.createTime === "number" ? $BigInt(message.createTime) : $util.Long.fromBits(message.createTime.low >>> 0, message.createTime.high >>> 0, true).toBigInt();
                    else if (typeof message.createTime === "number")
                        object.createTime = options.longs === $String ? $String(message.createTime) : message.createTime;
                    else
                        object.createTime = options.longs === $String ? $util.Long.prototype.toString.call(message.createTime) : options.longs === $Number ? new $util.LongBits(message.createTime.low >>> 0, message.createTime.high >>> 0).toNumber(true) : message.createTime;
                if (message.msgSource != null && $Object.hasOwnProperty.call(message, "msgSource"))
                    object.msgSource = message.msgSource;
                if (message.pushContent != null && $Object.hasOwnProperty.call(message, "pushContent"))
                    object.pushContent = message.pushContent;
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgId = typeof message.serverMsgId === "number" ? $BigInt(message.serverMsgId) : $util.Long.fromBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgId === "number")
                        object.serverMsgId = options.longs === $String ? $String(message.serverMsgId) : message.serverMsgId;
                    else
                        object.serverMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgId) : options.longs === $Number ? new $util.LongBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0).toNumber(true) : message.serverMsgId;
                if (message.serverMsgSeq != null && $Object.hasOwnProperty.call(message, "serverMsgSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgSeq = typeof message.serverMsgSeq === "number" ? $BigInt(message.serverMsgSeq) : $util.Long.fromBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgSeq === "number")
                        object.serverMsgSeq = options.longs === $String ? $String(message.serverMsgSeq) : message.serverMsgSeq;
                    else
                        object.serverMsgSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgSeq) : options.longs === $Number ? new $util.LongBits(message.serverMsgSeq.low >>> 0, message.serverMsgSeq.high >>> 0).toNumber(true) : message.serverMsgSeq;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.clientSeq != null && $Object.hasOwnProperty.call(message, "clientSeq"))
                    object.clientSeq = message.clientSeq;
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.convSeq = typeof message.convSeq === "number" ? $BigInt(message.convSeq) : $util.Long.fromBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.convSeq === "number")
                        object.convSeq = options.longs === $String ? $String(message.convSeq) : message.convSeq;
                    else
                        object.convSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.convSeq) : options.longs === $Number ? new $util.LongBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0).toNumber(true) : message.convSeq;
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                    object.kind = options.enums === $String ? $root.bubble.wire.RowKind[message.kind] === $undefined ? message.kind : $root.bubble.wire.RowKind[message.kind] : message.kind;
                if (message.prevSeq != null && $Object.hasOwnProperty.call(message, "prevSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.prevSeq = typeof message.prevSeq === "number" ? $BigInt(message.prevSeq) : $util.Long.fromBits(message.prevSeq.low >>> 0, message.prevSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.prevSeq === "number")
                        object.prevSeq = options.longs === $String ? $String(message.prevSeq) : message.prevSeq;
                    else
                        object.prevSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.prevSeq) : options.longs === $Number ? new $util.LongBits(message.prevSeq.low >>> 0, message.prevSeq.high >>> 0).toNumber(true) : message.prevSeq;
                if (message.isRoom != null && $Object.hasOwnProperty.call(message, "isRoom"))
                    object.isRoom = message.isRoom;
                if (message.own != null && $Object.hasOwnProperty.call(message, "own"))
                    object.own = message.own;
                if (message.reference != null && $Object.hasOwnProperty.call(message, "reference"))
                    object.reference = $root.bubble.wire.Reference.toObject(message.reference, options, _depth + 1);
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverTime = typeof message.serverTime === "number" ? $BigInt(message.serverTime) : $util.Long.fromBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0, true).toBigInt();
                    else if (typeof message.serverTime === "number")
                        object.serverTime = options.longs === $String ? $String(message.serverTime) : message.serverTime;
                    else
                        object.serverTime = options.longs === $String ? $util.Long.prototype.toString.call(message.serverTime) : options.longs === $Number ? new $util.LongBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0).toNumber(true) : message.serverTime;
                if (message.membership != null && $Object.hasOwnProperty.call(message, "membership"))
                    object.membership = $root.bubble.wire.Membership.toObject(message.membership, options, _depth + 1);
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId"))
                    object.deviceId = message.deviceId;
                return object;
            };

            /**
             * Converts this AddMsg to JSON.
             * @function toJSON
             * @memberof bubble.wire.AddMsg
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            AddMsg.prototype.toJSON = function() {
                return AddMsg.toObject(this, $protobuf.util.toJSONOptions);
            };

            return AddMsg;
        })();

        wire.Reference = (function() {

            /**
             * Properties of a Reference.
             * @typedef {Object} bubble.wire.Reference.$Properties
             * @property {Long|null} [serverMsgId] Reference serverMsgId
             * @property {string|null} [sender] Reference sender
             * @property {Long|null} [clientMsgId] Reference clientMsgId
             * @property {Long|null} [convSeq] Reference convSeq
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Reference.
             * @memberof bubble.wire
             * @interface IReference
             * @augments bubble.wire.Reference.$Properties
             * @deprecated Use bubble.wire.Reference.$Properties instead.
             */

            /**
             * Shape of a Reference.
             * @typedef {bubble.wire.Reference.$Properties} bubble.wire.Reference.$Shape
             */

            /**
             * Constructs a new Reference.
             * @memberof bubble.wire
             * @classdesc Represents a Reference.
             * @constructor
             * @param {bubble.wire.Reference.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Reference = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Reference serverMsgId.
             * @member {Long} serverMsgId
             * @memberof bubble.wire.Reference
             * @instance
             */
            Reference.prototype.serverMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Reference sender.
             * @member {string} sender
             * @memberof bubble.wire.Reference
             * @instance
             */
            Reference.prototype.sender = "";

            /**
             * Reference clientMsgId.
             * @member {Long} clientMsgId
             * @memberof bubble.wire.Reference
             * @instance
             */
            Reference.prototype.clientMsgId = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Reference convSeq.
             * @member {Long} convSeq
             * @memberof bubble.wire.Reference
             * @instance
             */
            Reference.prototype.convSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new Reference instance using the specified properties.
             * @function create
             * @memberof bubble.wire.Reference
             * @static
             * @param {bubble.wire.Reference.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.Reference} Reference instance
             * @type {{
             *   (properties: bubble.wire.Reference.$Shape): bubble.wire.Reference & bubble.wire.Reference.$Shape;
             *   (properties?: bubble.wire.Reference.$Properties): bubble.wire.Reference;
             * }}
             */
            Reference.create = function(properties) {
                return new Reference(properties);
            };

            /**
             * Encodes the specified Reference message. Does not implicitly {@link bubble.wire.Reference.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.Reference
             * @static
             * @param {bubble.wire.Reference.$Properties} message Reference message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Reference.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId") && (typeof message.serverMsgId === "object" ? message.serverMsgId.low || message.serverMsgId.high : message.serverMsgId !== 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.serverMsgId);
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender") && message.sender !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.sender);
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId") && (typeof message.clientMsgId === "object" ? message.clientMsgId.low || message.clientMsgId.high : message.clientMsgId !== 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.clientMsgId);
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq") && (typeof message.convSeq === "object" ? message.convSeq.low || message.convSeq.high : message.convSeq !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.convSeq);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Reference message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.Reference
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.Reference & bubble.wire.Reference.$Shape} Reference
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Reference.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.Reference();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverMsgId = value;
                            else
                                delete message.serverMsgId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sender = value;
                            else
                                delete message.sender;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                                message.clientMsgId = value;
                            else
                                delete message.clientMsgId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.convSeq = value;
                            else
                                delete message.convSeq;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Reference message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.Reference
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.Reference} Reference
             */
            Reference.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.Reference)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.Reference: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.Reference();
                if (object.serverMsgId != null)
                    if (typeof object.serverMsgId === "object" ? object.serverMsgId.low || object.serverMsgId.high : $Number(object.serverMsgId) !== 0)
                        if ($util.Long)
                            message.serverMsgId = $util.Long.fromValue(object.serverMsgId, true);
                        else if (typeof object.serverMsgId === "string")
                            message.serverMsgId = $parseInt(object.serverMsgId, 10);
                        else if (typeof object.serverMsgId === "number")
                            message.serverMsgId = object.serverMsgId;
                        else if (typeof object.serverMsgId === "object")
                            message.serverMsgId = new $util.LongBits(object.serverMsgId.low >>> 0, object.serverMsgId.high >>> 0).toNumber(true);
                if (object.sender != null)
                    if (typeof object.sender !== "string" || object.sender.length)
                        message.sender = $String(object.sender);
                if (object.clientMsgId != null)
                    if (typeof object.clientMsgId === "object" ? object.clientMsgId.low || object.clientMsgId.high : $Number(object.clientMsgId) !== 0)
                        if ($util.Long)
                            message.clientMsgId = $util.Long.fromValue(object.clientMsgId, true);
                        else if (typeof object.clientMsgId === "string")
                            message.clientMsgId = $parseInt(object.clientMsgId, 10);
                        else if (typeof object.clientMsgId === "number")
                            message.clientMsgId = object.clientMsgId;
                        else if (typeof object.clientMsgId === "object")
                            message.clientMsgId = new $util.LongBits(object.clientMsgId.low >>> 0, object.clientMsgId.high >>> 0).toNumber(true);
                if (object.convSeq != null)
                    if (typeof object.convSeq === "object" ? object.convSeq.low || object.convSeq.high : $Number(object.convSeq) !== 0)
                        if ($util.Long)
                            message.convSeq = $util.Long.fromValue(object.convSeq, true);
                        else if (typeof object.convSeq === "string")
                            message.convSeq = $parseInt(object.convSeq, 10);
                        else if (typeof object.convSeq === "number")
                            message.convSeq = object.convSeq;
                        else if (typeof object.convSeq === "object")
                            message.convSeq = new $util.LongBits(object.convSeq.low >>> 0, object.convSeq.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a Reference message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.Reference
             * @static
             * @param {bubble.wire.Reference} message Reference
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Reference.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.sender = "";
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.clientMsgId = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.clientMsgId = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.convSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.convSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                }
                if (message.serverMsgId != null && $Object.hasOwnProperty.call(message, "serverMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverMsgId = typeof message.serverMsgId === "number" ? $BigInt(message.serverMsgId) : $util.Long.fromBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.serverMsgId === "number")
                        object.serverMsgId = options.longs === $String ? $String(message.serverMsgId) : message.serverMsgId;
                    else
                        object.serverMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.serverMsgId) : options.longs === $Number ? new $util.LongBits(message.serverMsgId.low >>> 0, message.serverMsgId.high >>> 0).toNumber(true) : message.serverMsgId;
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender"))
                    object.sender = message.sender;
                if (message.clientMsgId != null && $Object.hasOwnProperty.call(message, "clientMsgId"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.clientMsgId = typeof message.clientMsgId === "number" ? $BigInt(message.clientMsgId) : $util.Long.fromBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0, true).toBigInt();
                    else if (typeof message.clientMsgId === "number")
                        object.clientMsgId = options.longs === $String ? $String(message.clientMsgId) : message.clientMsgId;
                    else
                        object.clientMsgId = options.longs === $String ? $util.Long.prototype.toString.call(message.clientMsgId) : options.longs === $Number ? new $util.LongBits(message.clientMsgId.low >>> 0, message.clientMsgId.high >>> 0).toNumber(true) : message.clientMsgId;
                if (message.convSeq != null && $Object.hasOwnProperty.call(message, "convSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.convSeq = typeof message.convSeq === "number" ? $BigInt(message.convSeq) : $util.Long.fromBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.convSeq === "number")
                        object.convSeq = options.longs === $String ? $String(message.convSeq) : message.convSeq;
                    else
                        object.convSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.convSeq) : options.longs === $Number ? new $util.LongBits(message.convSeq.low >>> 0, message.convSeq.high >>> 0).toNumber(true) : message.convSeq;
                return object;
            };

            /**
             * Converts this Reference to JSON.
             * @function toJSON
             * @memberof bubble.wire.Reference
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Reference.prototype.toJSON = function() {
                return Reference.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Reference;
        })();

        wire.Membership = (function() {

            /**
             * Properties of a Membership.
             * @typedef {Object} bubble.wire.Membership.$Properties
             * @property {bubble.wire.MembershipChange|null} [change] Membership change
             * @property {Array.<string>|null} [users] Membership users
             * @property {string|null} [title] Membership title
             * @property {number|null} [memberCount] Membership memberCount
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Membership.
             * @memberof bubble.wire
             * @interface IMembership
             * @augments bubble.wire.Membership.$Properties
             * @deprecated Use bubble.wire.Membership.$Properties instead.
             */

            /**
             * Shape of a Membership.
             * @typedef {bubble.wire.Membership.$Properties} bubble.wire.Membership.$Shape
             */

            /**
             * Constructs a new Membership.
             * @memberof bubble.wire
             * @classdesc Represents a Membership.
             * @constructor
             * @param {bubble.wire.Membership.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Membership = function (properties) {
                this.users = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Membership change.
             * @member {bubble.wire.MembershipChange} change
             * @memberof bubble.wire.Membership
             * @instance
             */
            Membership.prototype.change = 0;

            /**
             * Membership users.
             * @member {Array.<string>} users
             * @memberof bubble.wire.Membership
             * @instance
             */
            Membership.prototype.users = $util.emptyArray;

            /**
             * Membership title.
             * @member {string} title
             * @memberof bubble.wire.Membership
             * @instance
             */
            Membership.prototype.title = "";

            /**
             * Membership memberCount.
             * @member {number} memberCount
             * @memberof bubble.wire.Membership
             * @instance
             */
            Membership.prototype.memberCount = 0;

            /**
             * Creates a new Membership instance using the specified properties.
             * @function create
             * @memberof bubble.wire.Membership
             * @static
             * @param {bubble.wire.Membership.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.Membership} Membership instance
             * @type {{
             *   (properties: bubble.wire.Membership.$Shape): bubble.wire.Membership & bubble.wire.Membership.$Shape;
             *   (properties?: bubble.wire.Membership.$Properties): bubble.wire.Membership;
             * }}
             */
            Membership.create = function(properties) {
                return new Membership(properties);
            };

            /**
             * Encodes the specified Membership message. Does not implicitly {@link bubble.wire.Membership.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.Membership
             * @static
             * @param {bubble.wire.Membership.$Properties} message Membership message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Membership.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.change != null && $Object.hasOwnProperty.call(message, "change") && message.change !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.change);
                if (message.users != null && message.users.length)
                    for (let i = 0; i < message.users.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.users[i]);
                if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.title);
                if (message.memberCount != null && $Object.hasOwnProperty.call(message, "memberCount") && message.memberCount !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.memberCount);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Membership message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.Membership
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.Membership & bubble.wire.Membership.$Shape} Membership
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Membership.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.Membership();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.change = value;
                            else
                                delete message.change;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.users && message.users.length))
                                message.users = [];
                            message.users.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.title = value;
                            else
                                delete message.title;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.memberCount = value;
                            else
                                delete message.memberCount;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a Membership message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.Membership
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.Membership} Membership
             */
            Membership.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.Membership)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.Membership: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.Membership();
                if (object.change !== 0 && (typeof object.change !== "string" || $root.bubble.wire.MembershipChange[object.change] !== 0))
                    switch (object.change) {
                    case "NONE":
                    case 0:
                        message.change = 0;
                        break;
                    case "CREATED":
                    case 1:
                        message.change = 1;
                        break;
                    case "JOINED":
                    case 2:
                        message.change = 2;
                        break;
                    case "LEFT":
                    case 3:
                        message.change = 3;
                        break;
                    case "INVITED":
                    case 4:
                        message.change = 4;
                        break;
                    case "KICKED":
                    case 5:
                        message.change = 5;
                        break;
                    case "DISMISSED":
                    case 6:
                        message.change = 6;
                        break;
                    default:
                        if (typeof object.change === "number" && (object.change | 0) === object.change)
                            message.change = object.change;
                    }
                if (object.users) {
                    if (!$Array.isArray(object.users))
                        throw $TypeError(".bubble.wire.Membership.users: array expected");
                    message.users = $Array(object.users.length);
                    for (let i = 0; i < object.users.length; ++i)
                        message.users[i] = $String(object.users[i]);
                }
                if (object.title != null)
                    if (typeof object.title !== "string" || object.title.length)
                        message.title = $String(object.title);
                if (object.memberCount != null)
                    if ($Number(object.memberCount) !== 0)
                        message.memberCount = object.memberCount >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a Membership message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.Membership
             * @static
             * @param {bubble.wire.Membership} message Membership
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            Membership.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.users = [];
                if (options.defaults) {
                    object.change = options.enums === $String ? "NONE" : 0;
                    object.title = "";
                    object.memberCount = 0;
                }
                if (message.change != null && $Object.hasOwnProperty.call(message, "change"))
                    object.change = options.enums === $String ? $root.bubble.wire.MembershipChange[message.change] === $undefined ? message.change : $root.bubble.wire.MembershipChange[message.change] : message.change;
                if (message.users && message.users.length) {
                    object.users = $Array(message.users.length);
                    for (let j = 0; j < message.users.length; ++j)
                        object.users[j] = message.users[j];
                }
                if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                    object.title = message.title;
                if (message.memberCount != null && $Object.hasOwnProperty.call(message, "memberCount"))
                    object.memberCount = message.memberCount;
                return object;
            };

            /**
             * Converts this Membership to JSON.
             * @function toJSON
             * @memberof bubble.wire.Membership
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            Membership.prototype.toJSON = function() {
                return Membership.toObject(this, $protobuf.util.toJSONOptions);
            };

            return Membership;
        })();

        wire.PushMsg = (function() {

            /**
             * Properties of a PushMsg.
             * @typedef {Object} bubble.wire.PushMsg.$Properties
             * @property {Array.<bubble.wire.AddMsg.$Properties>|null} [msg] PushMsg msg
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PushMsg.
             * @memberof bubble.wire
             * @interface IPushMsg
             * @augments bubble.wire.PushMsg.$Properties
             * @deprecated Use bubble.wire.PushMsg.$Properties instead.
             */

            /**
             * Shape of a PushMsg.
             * @typedef {bubble.wire.PushMsg.$Properties} bubble.wire.PushMsg.$Shape
             */

            /**
             * Constructs a new PushMsg.
             * @memberof bubble.wire
             * @classdesc Represents a PushMsg.
             * @constructor
             * @param {bubble.wire.PushMsg.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PushMsg = function (properties) {
                this.msg = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PushMsg msg.
             * @member {Array.<bubble.wire.AddMsg.$Properties>} msg
             * @memberof bubble.wire.PushMsg
             * @instance
             */
            PushMsg.prototype.msg = $util.emptyArray;

            /**
             * Creates a new PushMsg instance using the specified properties.
             * @function create
             * @memberof bubble.wire.PushMsg
             * @static
             * @param {bubble.wire.PushMsg.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.PushMsg} PushMsg instance
             * @type {{
             *   (properties: bubble.wire.PushMsg.$Shape): bubble.wire.PushMsg & bubble.wire.PushMsg.$Shape;
             *   (properties?: bubble.wire.PushMsg.$Properties): bubble.wire.PushMsg;
             * }}
             */
            PushMsg.create = function(properties) {
                return new PushMsg(properties);
            };

            /**
             * Encodes the specified PushMsg message. Does not implicitly {@link bubble.wire.PushMsg.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.PushMsg
             * @static
             * @param {bubble.wire.PushMsg.$Properties} message PushMsg message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PushMsg.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.msg != null && message.msg.length)
                    for (let i = 0; i < message.msg.length; ++i)
                        $root.bubble.wire.AddMsg.encode(message.msg[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PushMsg message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.PushMsg
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.PushMsg & bubble.wire.PushMsg.$Shape} PushMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PushMsg.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.PushMsg();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.msg && message.msg.length))
                                message.msg = [];
                            message.msg.push($root.bubble.wire.AddMsg.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a PushMsg message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.PushMsg
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.PushMsg} PushMsg
             */
            PushMsg.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.PushMsg)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.PushMsg: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.PushMsg();
                if (object.msg) {
                    if (!$Array.isArray(object.msg))
                        throw $TypeError(".bubble.wire.PushMsg.msg: array expected");
                    message.msg = $Array(object.msg.length);
                    for (let i = 0; i < object.msg.length; ++i) {
                        if (!$util.isObject(object.msg[i]))
                            throw $TypeError(".bubble.wire.PushMsg.msg: object expected");
                        message.msg[i] = $root.bubble.wire.AddMsg.fromObject(object.msg[i], _depth + 1);
                    }
                }
                return message;
            };

            /**
             * Creates a plain object from a PushMsg message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.PushMsg
             * @static
             * @param {bubble.wire.PushMsg} message PushMsg
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            PushMsg.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.arrays || options.defaults)
                    object.msg = [];
                if (message.msg && message.msg.length) {
                    object.msg = $Array(message.msg.length);
                    for (let j = 0; j < message.msg.length; ++j)
                        object.msg[j] = $root.bubble.wire.AddMsg.toObject(message.msg[j], options, _depth + 1);
                }
                return object;
            };

            /**
             * Converts this PushMsg to JSON.
             * @function toJSON
             * @memberof bubble.wire.PushMsg
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            PushMsg.prototype.toJSON = function() {
                return PushMsg.toObject(this, $protobuf.util.toJSONOptions);
            };

            return PushMsg;
        })();

        wire.HeartbeatReq = (function() {

            /**
             * Properties of a HeartbeatReq.
             * @typedef {Object} bubble.wire.HeartbeatReq.$Properties
             * @property {Long|null} [completeTo] HeartbeatReq completeTo
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeartbeatReq.
             * @memberof bubble.wire
             * @interface IHeartbeatReq
             * @augments bubble.wire.HeartbeatReq.$Properties
             * @deprecated Use bubble.wire.HeartbeatReq.$Properties instead.
             */

            /**
             * Shape of a HeartbeatReq.
             * @typedef {bubble.wire.HeartbeatReq.$Properties} bubble.wire.HeartbeatReq.$Shape
             */

            /**
             * Constructs a new HeartbeatReq.
             * @memberof bubble.wire
             * @classdesc Represents a HeartbeatReq.
             * @constructor
             * @param {bubble.wire.HeartbeatReq.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeartbeatReq = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeartbeatReq completeTo.
             * @member {Long} completeTo
             * @memberof bubble.wire.HeartbeatReq
             * @instance
             */
            HeartbeatReq.prototype.completeTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Creates a new HeartbeatReq instance using the specified properties.
             * @function create
             * @memberof bubble.wire.HeartbeatReq
             * @static
             * @param {bubble.wire.HeartbeatReq.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.HeartbeatReq} HeartbeatReq instance
             * @type {{
             *   (properties: bubble.wire.HeartbeatReq.$Shape): bubble.wire.HeartbeatReq & bubble.wire.HeartbeatReq.$Shape;
             *   (properties?: bubble.wire.HeartbeatReq.$Properties): bubble.wire.HeartbeatReq;
             * }}
             */
            HeartbeatReq.create = function(properties) {
                return new HeartbeatReq(properties);
            };

            /**
             * Encodes the specified HeartbeatReq message. Does not implicitly {@link bubble.wire.HeartbeatReq.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.HeartbeatReq
             * @static
             * @param {bubble.wire.HeartbeatReq.$Properties} message HeartbeatReq message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeartbeatReq.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.completeTo != null && $Object.hasOwnProperty.call(message, "completeTo") && (typeof message.completeTo === "object" ? message.completeTo.low || message.completeTo.high : message.completeTo !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.completeTo);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeartbeatReq message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.HeartbeatReq
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.HeartbeatReq & bubble.wire.HeartbeatReq.$Shape} HeartbeatReq
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeartbeatReq.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.HeartbeatReq();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.completeTo = value;
                            else
                                delete message.completeTo;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a HeartbeatReq message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.HeartbeatReq
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.HeartbeatReq} HeartbeatReq
             */
            HeartbeatReq.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.HeartbeatReq)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.HeartbeatReq: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.HeartbeatReq();
                if (object.completeTo != null)
                    if (typeof object.completeTo === "object" ? object.completeTo.low || object.completeTo.high : $Number(object.completeTo) !== 0)
                        if ($util.Long)
                            message.completeTo = $util.Long.fromValue(object.completeTo, true);
                        else if (typeof object.completeTo === "string")
                            message.completeTo = $parseInt(object.completeTo, 10);
                        else if (typeof object.completeTo === "number")
                            message.completeTo = object.completeTo;
                        else if (typeof object.completeTo === "object")
                            message.completeTo = new $util.LongBits(object.completeTo.low >>> 0, object.completeTo.high >>> 0).toNumber(true);
                return message;
            };

            /**
             * Creates a plain object from a HeartbeatReq message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.HeartbeatReq
             * @static
             * @param {bubble.wire.HeartbeatReq} message HeartbeatReq
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            HeartbeatReq.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults)
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.completeTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.completeTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (message.completeTo != null && $Object.hasOwnProperty.call(message, "completeTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.completeTo = typeof message.completeTo === "number" ? $BigInt(message.completeTo) : $util.Long.fromBits(message.completeTo.low >>> 0, message.completeTo.high >>> 0, true).toBigInt();
                    else if (typeof message.completeTo === "number")
                        object.completeTo = options.longs === $String ? $String(message.completeTo) : message.completeTo;
                    else
                        object.completeTo = options.longs === $String ? $util.Long.prototype.toString.call(message.completeTo) : options.longs === $Number ? new $util.LongBits(message.completeTo.low >>> 0, message.completeTo.high >>> 0).toNumber(true) : message.completeTo;
                return object;
            };

            /**
             * Converts this HeartbeatReq to JSON.
             * @function toJSON
             * @memberof bubble.wire.HeartbeatReq
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            HeartbeatReq.prototype.toJSON = function() {
                return HeartbeatReq.toObject(this, $protobuf.util.toJSONOptions);
            };

            return HeartbeatReq;
        })();

        wire.HeartbeatRep = (function() {

            /**
             * Properties of a HeartbeatRep.
             * @typedef {Object} bubble.wire.HeartbeatRep.$Properties
             * @property {Long|null} [serverTime] HeartbeatRep serverTime
             * @property {Long|null} [newestSeq] HeartbeatRep newestSeq
             * @property {Long|null} [provenTo] HeartbeatRep provenTo
             * @property {boolean|null} [unproven] HeartbeatRep unproven
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a HeartbeatRep.
             * @memberof bubble.wire
             * @interface IHeartbeatRep
             * @augments bubble.wire.HeartbeatRep.$Properties
             * @deprecated Use bubble.wire.HeartbeatRep.$Properties instead.
             */

            /**
             * Shape of a HeartbeatRep.
             * @typedef {bubble.wire.HeartbeatRep.$Properties} bubble.wire.HeartbeatRep.$Shape
             */

            /**
             * Constructs a new HeartbeatRep.
             * @memberof bubble.wire
             * @classdesc Represents a HeartbeatRep.
             * @constructor
             * @param {bubble.wire.HeartbeatRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const HeartbeatRep = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * HeartbeatRep serverTime.
             * @member {Long} serverTime
             * @memberof bubble.wire.HeartbeatRep
             * @instance
             */
            HeartbeatRep.prototype.serverTime = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeartbeatRep newestSeq.
             * @member {Long} newestSeq
             * @memberof bubble.wire.HeartbeatRep
             * @instance
             */
            HeartbeatRep.prototype.newestSeq = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeartbeatRep provenTo.
             * @member {Long} provenTo
             * @memberof bubble.wire.HeartbeatRep
             * @instance
             */
            HeartbeatRep.prototype.provenTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * HeartbeatRep unproven.
             * @member {boolean} unproven
             * @memberof bubble.wire.HeartbeatRep
             * @instance
             */
            HeartbeatRep.prototype.unproven = false;

            /**
             * Creates a new HeartbeatRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.HeartbeatRep
             * @static
             * @param {bubble.wire.HeartbeatRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.HeartbeatRep} HeartbeatRep instance
             * @type {{
             *   (properties: bubble.wire.HeartbeatRep.$Shape): bubble.wire.HeartbeatRep & bubble.wire.HeartbeatRep.$Shape;
             *   (properties?: bubble.wire.HeartbeatRep.$Properties): bubble.wire.HeartbeatRep;
             * }}
             */
            HeartbeatRep.create = function(properties) {
                return new HeartbeatRep(properties);
            };

            /**
             * Encodes the specified HeartbeatRep message. Does not implicitly {@link bubble.wire.HeartbeatRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.HeartbeatRep
             * @static
             * @param {bubble.wire.HeartbeatRep.$Properties} message HeartbeatRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            HeartbeatRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime") && (typeof message.serverTime === "object" ? message.serverTime.low || message.serverTime.high : message.serverTime !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.serverTime);
                if (message.newestSeq != null && $Object.hasOwnProperty.call(message, "newestSeq") && (typeof message.newestSeq === "object" ? message.newestSeq.low || message.newestSeq.high : message.newestSeq !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.newestSeq);
                if (message.provenTo != null && $Object.hasOwnProperty.call(message, "provenTo") && (typeof message.provenTo === "object" ? message.provenTo.low || message.provenTo.high : message.provenTo !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.provenTo);
                if (message.unproven != null && $Object.hasOwnProperty.call(message, "unproven") && message.unproven !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.unproven);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a HeartbeatRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.HeartbeatRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.HeartbeatRep & bubble.wire.HeartbeatRep.$Shape} HeartbeatRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            HeartbeatRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.HeartbeatRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.serverTime = value;
                            else
                                delete message.serverTime;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.newestSeq = value;
                            else
                                delete message.newestSeq;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.provenTo = value;
                            else
                                delete message.provenTo;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.unproven = value;
                            else
                                delete message.unproven;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a HeartbeatRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.HeartbeatRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.HeartbeatRep} HeartbeatRep
             */
            HeartbeatRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.HeartbeatRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.HeartbeatRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.HeartbeatRep();
                if (object.serverTime != null)
                    if (typeof object.serverTime === "object" ? object.serverTime.low || object.serverTime.high : $Number(object.serverTime) !== 0)
                        if ($util.Long)
                            message.serverTime = $util.Long.fromValue(object.serverTime, true);
                        else if (typeof object.serverTime === "string")
                            message.serverTime = $parseInt(object.serverTime, 10);
                        else if (typeof object.serverTime === "number")
                            message.serverTime = object.serverTime;
                        else if (typeof object.serverTime === "object")
                            message.serverTime = new $util.LongBits(object.serverTime.low >>> 0, object.serverTime.high >>> 0).toNumber(true);
                if (object.newestSeq != null)
                    if (typeof object.newestSeq === "object" ? object.newestSeq.low || object.newestSeq.high : $Number(object.newestSeq) !== 0)
                        if ($util.Long)
                            message.newestSeq = $util.Long.fromValue(object.newestSeq, true);
                        else if (typeof object.newestSeq === "string")
                            message.newestSeq = $parseInt(object.newestSeq, 10);
                        else if (typeof object.newestSeq === "number")
                            message.newestSeq = object.newestSeq;
                        else if (typeof object.newestSeq === "object")
                            message.newestSeq = new $util.LongBits(object.newestSeq.low >>> 0, object.newestSeq.high >>> 0).toNumber(true);
                if (object.provenTo != null)
                    if (typeof object.provenTo === "object" ? object.provenTo.low || object.provenTo.high : $Number(object.provenTo) !== 0)
                        if ($util.Long)
                            message.provenTo = $util.Long.fromValue(object.provenTo, true);
                        else if (typeof object.provenTo === "string")
                            message.provenTo = $parseInt(object.provenTo, 10);
                        else if (typeof object.provenTo === "number")
                            message.provenTo = object.provenTo;
                        else if (typeof object.provenTo === "object")
                            message.provenTo = new $util.LongBits(object.provenTo.low >>> 0, object.provenTo.high >>> 0).toNumber(true);
                if (object.unproven != null)
                    if (object.unproven)
                        message.unproven = $Boolean(object.unproven);
                return message;
            };

            /**
             * Creates a plain object from a HeartbeatRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.HeartbeatRep
             * @static
             * @param {bubble.wire.HeartbeatRep} message HeartbeatRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            HeartbeatRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.serverTime = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.serverTime = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.newestSeq = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.newestSeq = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    if ($util.Long) {
                        let long = new $util.Long(0, 0, true);
                        object.provenTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                    } else
                        object.provenTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                    object.unproven = false;
                }
                if (message.serverTime != null && $Object.hasOwnProperty.call(message, "serverTime"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.serverTime = typeof message.serverTime === "number" ? $BigInt(message.serverTime) : $util.Long.fromBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0, true).toBigInt();
                    else if (typeof message.serverTime === "number")
                        object.serverTime = options.longs === $String ? $String(message.serverTime) : message.serverTime;
                    else
                        object.serverTime = options.longs === $String ? $util.Long.prototype.toString.call(message.serverTime) : options.longs === $Number ? new $util.LongBits(message.serverTime.low >>> 0, message.serverTime.high >>> 0).toNumber(true) : message.serverTime;
                if (message.newestSeq != null && $Object.hasOwnProperty.call(message, "newestSeq"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.newestSeq = typeof message.newestSeq === "number" ? $BigInt(message.newestSeq) : $util.Long.fromBits(message.newestSeq.low >>> 0, message.newestSeq.high >>> 0, true).toBigInt();
                    else if (typeof message.newestSeq === "number")
                        object.newestSeq = options.longs === $String ? $String(message.newestSeq) : message.newestSeq;
                    else
                        object.newestSeq = options.longs === $String ? $util.Long.prototype.toString.call(message.newestSeq) : options.longs === $Number ? new $util.LongBits(message.newestSeq.low >>> 0, message.newestSeq.high >>> 0).toNumber(true) : message.newestSeq;
                if (message.provenTo != null && $Object.hasOwnProperty.call(message, "provenTo"))
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.provenTo = typeof message.provenTo === "number" ? $BigInt(message.provenTo) : $util.Long.fromBits(message.provenTo.low >>> 0, message.provenTo.high >>> 0, true).toBigInt();
                    else if (typeof message.provenTo === "number")
                        object.provenTo = options.longs === $String ? $String(message.provenTo) : message.provenTo;
                    else
                        object.provenTo = options.longs === $String ? $util.Long.prototype.toString.call(message.provenTo) : options.longs === $Number ? new $util.LongBits(message.provenTo.low >>> 0, message.provenTo.high >>> 0).toNumber(true) : message.provenTo;
                if (message.unproven != null && $Object.hasOwnProperty.call(message, "unproven"))
                    object.unproven = message.unproven;
                return object;
            };

            /**
             * Converts this HeartbeatRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.HeartbeatRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            HeartbeatRep.prototype.toJSON = function() {
                return HeartbeatRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return HeartbeatRep;
        })();

        wire.DisconnectMsg = (function() {

            /**
             * Properties of a DisconnectMsg.
             * @typedef {Object} bubble.wire.DisconnectMsg.$Properties
             * @property {number|null} [code] DisconnectMsg code
             * @property {string|null} [reason] DisconnectMsg reason
             * @property {number|null} [retryAfterMs] DisconnectMsg retryAfterMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DisconnectMsg.
             * @memberof bubble.wire
             * @interface IDisconnectMsg
             * @augments bubble.wire.DisconnectMsg.$Properties
             * @deprecated Use bubble.wire.DisconnectMsg.$Properties instead.
             */

            /**
             * Shape of a DisconnectMsg.
             * @typedef {bubble.wire.DisconnectMsg.$Properties} bubble.wire.DisconnectMsg.$Shape
             */

            /**
             * Constructs a new DisconnectMsg.
             * @memberof bubble.wire
             * @classdesc Represents a DisconnectMsg.
             * @constructor
             * @param {bubble.wire.DisconnectMsg.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DisconnectMsg = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DisconnectMsg code.
             * @member {number} code
             * @memberof bubble.wire.DisconnectMsg
             * @instance
             */
            DisconnectMsg.prototype.code = 0;

            /**
             * DisconnectMsg reason.
             * @member {string} reason
             * @memberof bubble.wire.DisconnectMsg
             * @instance
             */
            DisconnectMsg.prototype.reason = "";

            /**
             * DisconnectMsg retryAfterMs.
             * @member {number} retryAfterMs
             * @memberof bubble.wire.DisconnectMsg
             * @instance
             */
            DisconnectMsg.prototype.retryAfterMs = 0;

            /**
             * Creates a new DisconnectMsg instance using the specified properties.
             * @function create
             * @memberof bubble.wire.DisconnectMsg
             * @static
             * @param {bubble.wire.DisconnectMsg.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.DisconnectMsg} DisconnectMsg instance
             * @type {{
             *   (properties: bubble.wire.DisconnectMsg.$Shape): bubble.wire.DisconnectMsg & bubble.wire.DisconnectMsg.$Shape;
             *   (properties?: bubble.wire.DisconnectMsg.$Properties): bubble.wire.DisconnectMsg;
             * }}
             */
            DisconnectMsg.create = function(properties) {
                return new DisconnectMsg(properties);
            };

            /**
             * Encodes the specified DisconnectMsg message. Does not implicitly {@link bubble.wire.DisconnectMsg.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.DisconnectMsg
             * @static
             * @param {bubble.wire.DisconnectMsg.$Properties} message DisconnectMsg message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DisconnectMsg.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.retryAfterMs != null && $Object.hasOwnProperty.call(message, "retryAfterMs") && message.retryAfterMs !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.retryAfterMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DisconnectMsg message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.DisconnectMsg
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.DisconnectMsg & bubble.wire.DisconnectMsg.$Shape} DisconnectMsg
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DisconnectMsg.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.DisconnectMsg();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.retryAfterMs = value;
                            else
                                delete message.retryAfterMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates a DisconnectMsg message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.DisconnectMsg
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.DisconnectMsg} DisconnectMsg
             */
            DisconnectMsg.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.DisconnectMsg)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.DisconnectMsg: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.DisconnectMsg();
                if (object.code != null)
                    if ($Number(object.code) !== 0)
                        message.code = object.code | 0;
                if (object.reason != null)
                    if (typeof object.reason !== "string" || object.reason.length)
                        message.reason = $String(object.reason);
                if (object.retryAfterMs != null)
                    if ($Number(object.retryAfterMs) !== 0)
                        message.retryAfterMs = object.retryAfterMs >>> 0;
                return message;
            };

            /**
             * Creates a plain object from a DisconnectMsg message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.DisconnectMsg
             * @static
             * @param {bubble.wire.DisconnectMsg} message DisconnectMsg
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            DisconnectMsg.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.code = 0;
                    object.reason = "";
                    object.retryAfterMs = 0;
                }
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    object.code = message.code;
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    object.reason = message.reason;
                if (message.retryAfterMs != null && $Object.hasOwnProperty.call(message, "retryAfterMs"))
                    object.retryAfterMs = message.retryAfterMs;
                return object;
            };

            /**
             * Converts this DisconnectMsg to JSON.
             * @function toJSON
             * @memberof bubble.wire.DisconnectMsg
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            DisconnectMsg.prototype.toJSON = function() {
                return DisconnectMsg.toObject(this, $protobuf.util.toJSONOptions);
            };

            return DisconnectMsg;
        })();

        wire.ErrorRep = (function() {

            /**
             * Properties of an ErrorRep.
             * @typedef {Object} bubble.wire.ErrorRep.$Properties
             * @property {number|null} [ret] ErrorRep ret
             * @property {string|null} [errMsg] ErrorRep errMsg
             * @property {number|null} [retryAfterMs] ErrorRep retryAfterMs
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an ErrorRep.
             * @memberof bubble.wire
             * @interface IErrorRep
             * @augments bubble.wire.ErrorRep.$Properties
             * @deprecated Use bubble.wire.ErrorRep.$Properties instead.
             */

            /**
             * Shape of an ErrorRep.
             * @typedef {bubble.wire.ErrorRep.$Properties} bubble.wire.ErrorRep.$Shape
             */

            /**
             * Constructs a new ErrorRep.
             * @memberof bubble.wire
             * @classdesc Represents an ErrorRep.
             * @constructor
             * @param {bubble.wire.ErrorRep.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ErrorRep = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ErrorRep ret.
             * @member {number} ret
             * @memberof bubble.wire.ErrorRep
             * @instance
             */
            ErrorRep.prototype.ret = 0;

            /**
             * ErrorRep errMsg.
             * @member {string} errMsg
             * @memberof bubble.wire.ErrorRep
             * @instance
             */
            ErrorRep.prototype.errMsg = "";

            /**
             * ErrorRep retryAfterMs.
             * @member {number} retryAfterMs
             * @memberof bubble.wire.ErrorRep
             * @instance
             */
            ErrorRep.prototype.retryAfterMs = 0;

            /**
             * Creates a new ErrorRep instance using the specified properties.
             * @function create
             * @memberof bubble.wire.ErrorRep
             * @static
             * @param {bubble.wire.ErrorRep.$Properties=} [properties] Properties to set
             * @returns {bubble.wire.ErrorRep} ErrorRep instance
             * @type {{
             *   (properties: bubble.wire.ErrorRep.$Shape): bubble.wire.ErrorRep & bubble.wire.ErrorRep.$Shape;
             *   (properties?: bubble.wire.ErrorRep.$Properties): bubble.wire.ErrorRep;
             * }}
             */
            ErrorRep.create = function(properties) {
                return new ErrorRep(properties);
            };

            /**
             * Encodes the specified ErrorRep message. Does not implicitly {@link bubble.wire.ErrorRep.verify|verify} messages.
             * @function encode
             * @memberof bubble.wire.ErrorRep
             * @static
             * @param {bubble.wire.ErrorRep.$Properties} message ErrorRep message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ErrorRep.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret") && message.ret !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).int32(message.ret);
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg") && message.errMsg !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.errMsg);
                if (message.retryAfterMs != null && $Object.hasOwnProperty.call(message, "retryAfterMs") && message.retryAfterMs !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.retryAfterMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an ErrorRep message from the specified reader or buffer.
             * @function decode
             * @memberof bubble.wire.ErrorRep
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {bubble.wire.ErrorRep & bubble.wire.ErrorRep.$Shape} ErrorRep
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ErrorRep.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.bubble.wire.ErrorRep();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.ret = value;
                            else
                                delete message.ret;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.errMsg = value;
                            else
                                delete message.errMsg;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.retryAfterMs = value;
                            else
                                delete message.retryAfterMs;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            /**
             * Creates an ErrorRep message from a plain object. Also converts values to their respective internal types.
             * @function fromObject
             * @memberof bubble.wire.ErrorRep
             * @static
             * @param {Object.<string,*>} object Plain object
             * @returns {bubble.wire.ErrorRep} ErrorRep
             */
            ErrorRep.fromObject = function (object, _depth) {
                if (object instanceof $root.bubble.wire.ErrorRep)
                    return object;
                if (!$util.isObject(object))
                    throw $TypeError(".bubble.wire.ErrorRep: object expected");
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let message = new $root.bubble.wire.ErrorRep();
                if (object.ret != null)
                    if ($Number(object.ret) !== 0)
                        message.ret = object.ret | 0;
                if (object.errMsg != null)
                    if (typeof object.errMsg !== "string" || object.errMsg.length)
                        message.errMsg = $String(object.errMsg);
                if (object.retryAfterMs != null)
                    if ($Number(object.retryAfterMs) !== 0)
                        message.retryAfterMs = object.retryAfterMs >>> 0;
                return message;
            };

            /**
             * Creates a plain object from an ErrorRep message. Also converts values to other types if specified.
             * @function toObject
             * @memberof bubble.wire.ErrorRep
             * @static
             * @param {bubble.wire.ErrorRep} message ErrorRep
             * @param {$protobuf.IConversionOptions} [options] Conversion options
             * @returns {Object.<string,*>} Plain object
             */
            ErrorRep.toObject = function (message, options, _depth) {
                if (!options)
                    options = {};
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                let object = {};
                if (options.defaults) {
                    object.ret = 0;
                    object.errMsg = "";
                    object.retryAfterMs = 0;
                }
                if (message.ret != null && $Object.hasOwnProperty.call(message, "ret"))
                    object.ret = message.ret;
                if (message.errMsg != null && $Object.hasOwnProperty.call(message, "errMsg"))
                    object.errMsg = message.errMsg;
                if (message.retryAfterMs != null && $Object.hasOwnProperty.call(message, "retryAfterMs"))
                    object.retryAfterMs = message.retryAfterMs;
                return object;
            };

            /**
             * Converts this ErrorRep to JSON.
             * @function toJSON
             * @memberof bubble.wire.ErrorRep
             * @instance
             * @returns {Object.<string,*>} JSON object
             */
            ErrorRep.prototype.toJSON = function() {
                return ErrorRep.toObject(this, $protobuf.util.toJSONOptions);
            };

            return ErrorRep;
        })();

        return wire;
    })();

    return bubble;
})();

export {
  $root as default
};
