package dev.lockstep.board.tables;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The latest changes, for clients that come back and ask what has changed since. One writer at a time, many readers. */
public final class RecentChanges {

    /** The most changes that are kept. */
    static final int MAX_ENTRIES = 5_000;

    /** The most applications in all kept changes together: under full load a single change concerns hundreds. */
    static final int MAX_APPLICATIONS = 20_000;

    /**
     * Several changes combined.
     *
     * @param position of the last
     * @param applications which parts of each application have changed
     * @param lagMillis how long the latest record in the last change had been published when that change was committed
     */
    public record Changes(long position, Map<String, Set<String>> applications, long lagMillis) {

        private static Changes reset(long position) {
            return new Changes(position, Map.of(), 0);
        }

        /** Whether it is not known what changed: everything must be reloaded. */
        public boolean isReset() {
            return applications.isEmpty();
        }
    }

    private record Entry(Map<String, Set<String>> applications, long lagMillis) {}

    private final ConcurrentSkipListMap<Long, Entry> entries = new ConcurrentSkipListMap<>();

    /** Interned: there are only a few distinct sets. */
    private final Map<Set<String>, Set<String>> parts = new ConcurrentHashMap<>();

    private volatile long last = -1;
    private int applications;

    /** @param from the position after which the changes added next were looked up */
    synchronized void startFrom(long from) {
        last = from;
    }

    /** @param changed which parts of each application have changed; empty if it is unknown what changed. The map is kept and modified */
    synchronized void add(long position, Map<String, Set<String>> changed, long lagMillis) {
        changed.replaceAll((application, some) -> parts.computeIfAbsent(some, all -> all));
        entries.put(position, new Entry(changed, lagMillis));
        applications += changed.size();
        last = position;
        while (entries.size() > MAX_ENTRIES || applications > MAX_APPLICATIONS && entries.size() > 1) {
            applications -= entries.pollFirstEntry().getValue().applications.size();
        }
    }

    synchronized void clear() {
        entries.clear();
        applications = 0;
        last = -1;
    }

    /** @return the position up to which changes were looked up, or -1 before the first time */
    long latestPosition() {
        return last;
    }

    /** @return null when there are none; a reset if the position is unknown here */
    synchronized Changes since(long position) {
        Map.Entry<Long, Entry> latest = entries.lastEntry();
        if (latest == null) {
            return last < 0 || position == last ? null : Changes.reset(last);
        }
        if (latest.getKey() == position) {
            return null;
        }
        if (position > latest.getKey() || position < entries.firstKey() - 1) {
            return Changes.reset(latest.getKey());
        }
        Collection<Entry> later = entries.tailMap(position, false).values();
        if (later.stream().anyMatch(entry -> entry.applications.isEmpty())) { // everything was reread, see TableRebuild
            return Changes.reset(latest.getKey());
        }
        Map<String, Set<String>> changed = new TreeMap<>();
        later.forEach(entry -> entry.applications.forEach((application, some) ->
                changed.computeIfAbsent(application, id -> new TreeSet<>()).addAll(some)));
        return new Changes(latest.getKey(), changed, latest.getValue().lagMillis);
    }
}
