package dev.lockstep.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of a run.
 *
 * @param counts of what was sent and read, as {@code name=count}
 * @param struck faults by kind
 * @param betweenCommits how many of them struck a batch that was committed in Postgres but not in Kafka
 * @param failures why the run itself is invalid; empty if it went as planned
 */
record Verdict(
        Parameters parameters,
        String counts,
        Map<Fault, Integer> struck,
        int betweenCommits,
        Findings findings,
        List<String> failures) {

    boolean holds() {
        return findings.none() && failures.isEmpty();
    }

    int faults() {
        return struck.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The summary line. */
    String summary() {
        String breaches = Arrays.stream(Findings.Breach.values())
                .map(breach -> breach.label() + "=" + findings.count(breach))
                .collect(Collectors.joining(" "));
        return "seed=%d seconds=%d workers=%d %s faults=%d kinds=%d between-commits=%d %s %s"
                .formatted(
                        parameters.seed(),
                        parameters.duration().toSeconds(),
                        parameters.workers(),
                        counts,
                        faults(),
                        struck.size(),
                        betweenCommits,
                        struck,
                        breaches);
    }

    /** Details for whoever has to investigate. */
    String details() {
        return String.join("\n", failures)
                + "\n"
                + String.join("\n", findings.tell())
                + "\nThe workers' logs are kept in target/faults. To run again: "
                + parameters.rerunCommand();
    }
}
