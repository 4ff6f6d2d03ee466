"""
Reads bubble.events to its present end, drops repeats, and writes one JSON object a line.

read_events.py BROKERS REGISTRY FILE [SINCE]: from the beginning, or from a time (ms since 1970).
"""
import json
import sys
from collections import Counter

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "bubble.events"
brokers, registry, path = sys.argv[1:4]
since = int(sys.argv[4]) if len(sys.argv) > 4 else None

consumer = Consumer({"bootstrap.servers": brokers, "group.id": "tap", "enable.auto.commit": False})
decode = AvroDeserializer(SchemaRegistryClient({"url": registry}))
context = SerializationContext(TOPIC, MessageField.VALUE)

starts = [TopicPartition(TOPIC, number) for number in consumer.list_topics(TOPIC).topics[TOPIC].partitions]
for start in starts:
    start.offset = OFFSET_BEGINNING if since is None else since
if since is not None:
    starts = consumer.offsets_for_times(starts, 10)  # -1 where nothing is as new
ends = {}
for start in starts:
    low, high = consumer.get_watermark_offsets(TopicPartition(TOPIC, start.partition))
    first = low if start.offset == OFFSET_BEGINNING else start.offset
    if start.offset != OFFSET_END and high > first:
        ends[start.partition] = high
consumer.assign([start for start in starts if start.partition in ends])

records = 0
seen = set()
kinds = Counter()
with open(path, "w", encoding="utf-8") as out:
    while ends:
        message = consumer.poll(10)
        if message is None:
            sys.exit("no record for 10 s")
        if message.error():
            sys.exit(str(message.error()))
        event = decode(message.value(), context)
        records += 1
        if message.offset() + 1 >= ends[message.partition()]:
            del ends[message.partition()]
            consumer.incremental_unassign([TopicPartition(TOPIC, message.partition())])
        if event["id"] in seen:
            continue
        seen.add(event["id"])
        kinds[event["kind"]] += 1
        out.write(json.dumps(event, default=str, ensure_ascii=False) + "\n")
consumer.close()
print(json.dumps({"records": records, "events": len(seen), **dict(sorted(kinds.items()))}))
