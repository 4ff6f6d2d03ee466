import { kafkaConformance } from './kafka-suite.ts';

kafkaConformance('Kafka, one broker', 1);
