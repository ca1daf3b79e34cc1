package dev.lockstep.board.tables;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The latest changes, for those who come back and ask what has changed since. Added to by one at a time, read by many. */
public final class RecentChanges {

    /** So many are kept at most. */
    static final int MAX_ENTRIES = 5_000;

    /** Of so many applications in all: at a full topic a single change is about hundreds. */
    static final int MAX_APPLICATIONS = 20_000;

    /**
     * Some changes in one.
     *
     * @param position of the last
     * @param applications what of each has changed
     * @param lagMillis how long before the last was committed the latest record in it was published
     */
    public record Changes(long position, Map<String, Set<String>> applications, long lagMillis) {}

    private record Entry(Map<String, Set<String>> applications, long behindMillis) {}

    private final ConcurrentSkipListMap<Long, Entry> entries = new ConcurrentSkipListMap<>();

    /** The few there are, one of each. */
    private final Map<Set<String>, Set<String>> parts = new ConcurrentHashMap<>();

    private volatile long last = -1;
    private int applications;

    /** @return up to where changes were looked up, or -1 before the first time */
    long last() {
        return last;
    }

    /** @param from where the changes that are added next were looked up from */
    synchronized void startFrom(long from) {
        last = from;
    }

    /** @param changed what of each application has changed; none for a change of unknown extent; kept, and changed */
    synchronized void add(long number, Map<String, Set<String>> changed, long behindMillis) {
        changed.replaceAll((application, some) -> parts.computeIfAbsent(some, all -> all));
        entries.put(number, new Entry(changed, behindMillis));
        applications += changed.size();
        last = number;
        while (entries.size() > MAX_ENTRIES || applications > MAX_APPLICATIONS && entries.size() > 1) {
            applications -= entries.pollFirstEntry().getValue().applications.size();
        }
    }

    synchronized void clear() {
        entries.clear();
        applications = 0;
        last = -1;
    }

    /** @return the position of the last change, or -1 while that is not known */
    long latest() {
        Map.Entry<Long, Entry> latest = entries.lastEntry();
        return latest == null ? -1 : latest.getKey();
    }

    /** @return null when there is nothing; without a position that is known here, one without applications: ask anew */
    Changes since(long position) {
        Map.Entry<Long, Entry> latest = entries.lastEntry();
        if (latest == null) {
            return last < 0 || position == last ? null : new Changes(last, Map.of(), 0);
        }
        if (latest.getKey() == position) {
            return null;
        }
        if (position > latest.getKey() || position < entries.firstKey() - 1) {
            return new Changes(latest.getKey(), Map.of(), 0);
        }
        Collection<Entry> later = entries.tailMap(position, false).values();
        if (later.stream().anyMatch(entry -> entry.applications.isEmpty())) { // read anew, see Rebuild
            return new Changes(latest.getKey(), Map.of(), 0);
        }
        Map<String, Set<String>> changed = new TreeMap<>();
        later.forEach(entry -> entry.applications.forEach((application, some) ->
                changed.computeIfAbsent(application, id -> new TreeSet<>()).addAll(some)));
        return new Changes(latest.getKey(), changed, latest.getValue().behindMillis);
    }
}
