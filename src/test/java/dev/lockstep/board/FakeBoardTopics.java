package dev.lockstep.board;

import dev.lockstep.config.TestSettings;
import jakarta.enterprise.inject.Vetoed;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What a broker would say. */
@Vetoed // the scope is inherited
final class FakeBoardTopics extends BoardTopics {

    final Map<String, Topic> described = new HashMap<>();
    final Map<TopicPartition, Long> ends = new HashMap<>();
    final Map<String, Integer> groupSizes = new HashMap<>();

    /** Thrown instead of describing the topics; null if they are described. */
    Throwable describeFailure;

    /** Whether there is no answer about any end, or any group. */
    boolean isSilent;

    FakeBoardTopics() {
        super(TestSettings.with(Map.of()), Map.of());
    }

    @Override
    Map<String, Topic> describe() {
        if (describeFailure instanceof Error error) {
            throw error;
        }
        if (describeFailure != null) {
            throw (RuntimeException) describeFailure;
        }
        return Map.copyOf(described);
    }

    @Override
    Map<TopicPartition, Long> endOffsets(Map<String, Topic> topics) {
        failIfSilent();
        Map<TopicPartition, Long> answers = new HashMap<>(ends);
        answers.keySet().removeIf(topicPartition -> !topics.containsKey(topicPartition.topic()));
        return answers;
    }

    @Override
    int groupSize(String group) {
        failIfSilent();
        return groupSizes.getOrDefault(group, 0);
    }

    private void failIfSilent() {
        if (isSilent) {
            throw new KafkaException("no answer");
        }
    }
}
