package dev.lockstep.domain.deployment;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The releases that succeeded in an environment, in order (rule 6). The last entry is the one that succeeded most recently.
 *
 * <p>A line can be long, and most commands only need its end: of the positions before it, only those are known that were
 * {@linkplain #addLoaded loaded}; asking for another is a bug in the loader.
 */
public final class SuccessLine {

    private int length;
    private final Map<Integer, String> loaded = new HashMap<>();
    private final Map<Integer, String> appended = new HashMap<>();
    private final Set<String> archived = new HashSet<>();

    /** An empty line. */
    public SuccessLine() {}

    /** A line of {@code length} positions, nothing of which is known yet. */
    public SuccessLine(int length) {
        this.length = length;
    }

    SuccessLine copy() {
        SuccessLine copy = new SuccessLine(length);
        copy.loaded.putAll(loaded);
        copy.archived.addAll(archived);
        return copy;
    }

    public int length() {
        return length;
    }

    /** Loads the release at a position, from 1, and whether it is archived. */
    public void addLoaded(int position, String release, boolean isArchived) {
        loaded.putIfAbsent(position, release);
        setArchived(release, isArchived);
    }

    /** Whether the release is archived, as far as it is known to stand on the line. */
    public boolean isArchived(String release) {
        return archived.contains(release);
    }

    public void setArchived(String release, boolean isArchived) {
        if (isArchived && loaded.containsValue(release)) {
            archived.add(release);
        } else {
            archived.remove(release);
        }
    }

    /** @return the release at that position, or null if there is no such position */
    public String releaseAt(int position) {
        if (position < 1 || position > length) {
            return null;
        }
        String release = loaded.get(position);
        if (release == null) {
            throw new IllegalStateException("position " + position + " of a line of " + length + " was not loaded");
        }
        return release;
    }

    /** The releases that joined since the line was loaded and are still on it, by position. */
    public Map<Integer, String> appended() {
        return appended;
    }

    /** @return the one before the end, or null */
    public String predecessor() {
        return releaseAt(length - 1);
    }

    /** Whether the release that joined at {@code position} is still there. */
    public boolean isAt(String release, int position) {
        return position >= 1 && position <= length && release.equals(releaseAt(position));
    }

    /** A release that is not on the line joins its end; returns its position. */
    public int append(String release) {
        length++;
        loaded.put(length, release);
        appended.put(length, release);
        return length;
    }

    /** Cuts off everything after a position. */
    public void truncateAfter(int position) {
        loaded.keySet().removeIf(later -> later > position);
        appended.keySet().removeIf(later -> later > position);
        length = position;
    }
}
