import { kafkaConformance } from './kafka-suite.ts';

kafkaConformance('Kafka, three brokers', 3);
