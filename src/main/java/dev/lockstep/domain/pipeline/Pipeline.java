package dev.lockstep.domain.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An application's stages in order, with what comes after what. Each is listed later than those it comes after; the first comes
 * after none. Immutable. Sets of positions are bit masks: a pipeline has at most {@link Long#SIZE} stages.
 */
public final class Pipeline {

    /** The pipeline of an application that does not exist. */
    public static final Pipeline NONE = new Pipeline(List.of());

    /** The pipeline of an application that never defined its own (contract, section 1). */
    public static final Pipeline DEFAULT = new Pipeline(List.of(
            new Stage("development", "development"),
            new Stage("staging", "staging"),
            new Stage("production", "production")));

    private final List<Stage> stages;
    private final Map<String, Integer> positions = new HashMap<>();
    private final long[] upstream;
    private final long[] downstream;

    /** Most applications have the default one, which is shared. */
    public static Pipeline of(List<Stage> stages) {
        return stages.equals(DEFAULT.stages) ? DEFAULT : new Pipeline(stages);
    }

    /** @param stages with distinct ids; an {@code after} that names none before its own is {@linkplain #firstMisplacedUpstream} */
    private Pipeline(List<Stage> stages) {
        this.stages = List.copyOf(stages);
        this.upstream = new long[stages.size()];
        this.downstream = new long[stages.size()];
        for (int i = 0; i < stages.size(); i++) {
            positions.put(stages.get(i).id(), i);
        }
        for (int i = 1; i < stages.size(); i++) {
            upstream[i] = computeUpstream(i);
        }
        for (int i = stages.size() - 1; i > 0; i--) {
            for (int earlier = 0; earlier < i; earlier++) {
                if ((upstream[i] & bit(earlier)) != 0) {
                    downstream[earlier] |= bit(i) | downstream[i];
                }
            }
        }
    }

    private long computeUpstream(int position) {
        List<String> named = stages.get(position).after();
        return named == null
                ? bit(position - 1)
                : named.stream()
                        .mapToInt(this::positionOf)
                        .filter(earlier -> earlier >= 0 && earlier < position)
                        .mapToLong(Pipeline::bit)
                        .reduce(0, (mask, bit) -> mask | bit);
    }

    public List<Stage> stages() {
        return stages;
    }

    public int size() {
        return stages.size();
    }

    public Stage stageAt(int position) {
        return stages.get(position);
    }

    /** @return the stage with that id, which must exist */
    public Stage stageOf(String id) {
        return stages.get(positionOf(id));
    }

    /** @return the id of the stage at that position */
    public String idAt(int position) {
        return stages.get(position).id();
    }

    /** @return the stage's position from 0, or -1 if there is no such stage */
    public int positionOf(String id) {
        return positions.getOrDefault(id, -1);
    }

    /** @return the ids of the stages from which a release is promoted into that one, in the order of the list */
    public List<String> upstreamOf(int position) {
        return ids(upstream[position]);
    }

    /** @return the same as defined: the stages that were named, in the order in which they were named */
    public List<String> declaredUpstreamOf(int position) {
        List<String> named = stages.get(position).after();
        return named == null ? upstreamOf(position) : named;
    }

    /** Whether both have the same stages in the same order, each after the same stages. */
    public boolean hasSameTopology(Pipeline other) {
        return this == other
                || stages.size() == other.stages.size()
                        && IntStream.range(0, stages.size())
                                .allMatch(i -> idAt(i).equals(other.idAt(i)) && upstream[i] == other.upstream[i]);
    }

    /** @return the first name in the stage's {@code after} that is not that of an earlier stage, or null */
    public String firstMisplacedUpstream(int position) {
        List<String> named = stages.get(position).after();
        return named == null
                ? null
                : named.stream()
                        .filter(id -> positionOf(id) < 0 || positionOf(id) >= position)
                        .findFirst()
                        .orElse(null);
    }

    /** The stages that it comes directly after. */
    long upstreamMask(int position) {
        return upstream[position];
    }

    /** The stages that come after it, directly or further on. */
    long downstreamMask(int position) {
        return downstream[position];
    }

    public List<String> ids(long mask) {
        List<String> ids = new ArrayList<>(Long.bitCount(mask));
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            ids.add(idAt(Long.numberOfTrailingZeros(rest)));
        }
        return ids;
    }

    static long bit(int position) {
        return 1L << position;
    }
}
