# A consumer as a stranger writes it: confluent-kafka's Avro deserializer, with the registry and nothing of bubble.
# Reads JSON from standard input: {"url": registry, "topic": topic, "records": [hex, ...]}; prints the values as JSON.
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

asked = json.load(sys.stdin)
deserialize = AvroDeserializer(SchemaRegistryClient({"url": asked["url"]}))
context = SerializationContext(asked["topic"], MessageField.VALUE)
values = [deserialize(bytes.fromhex(record), context) for record in asked["records"]]
json.dump(values, sys.stdout, default=lambda value: value.isoformat() if hasattr(value, "isoformat") else value.hex())
