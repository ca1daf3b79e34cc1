package dev.lockstep.decode.form;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;

/** Guesses at what was meant: only ever told to the producer, never acted on. */
public final class Suggestions {

    private static final int LONGEST_GUESSED = 64;
    private static final int LARGEST_DISTANCE = 3;

    private static final Set<String> OF_ENVELOPE = Set.of("specversion", "datacontenttype", "data");
    private static final String KNOWN_TYPES =
            Arrays.stream(CommandType.values()).map(CommandType::typeName).collect(Collectors.joining(", "));

    private Suggestions() {}

    /** What to do about a field that nobody knows, as the end of a message, or "" if nothing comes to mind. */
    static String unknownField(String name, Collection<String> known) {
        return OF_ENVELOPE.contains(name)
                ? " (the envelope stands beside data: in ce_ headers, or around it in structured mode)"
                : nearest(name, known);
    }

    /** @return the known name that looks most like the given one, as the end of a message, or "" if none is near */
    static String nearest(String name, Collection<String> known) {
        if (name.length() > LONGEST_GUESSED) {
            return "";
        }
        int farthest = Math.min(LARGEST_DISTANCE, name.length() / 2);
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= farthest)
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .map(candidate -> "; did you mean \"" + candidate + "\"?")
                .orElse("");
    }

    /** What to do about a type that nobody knows. */
    public static String unknownType(String type) {
        for (CommandType known : CommandType.values()) {
            if (isOtherVersionOf(known, type)) {
                return "This version knows " + known.base() + " only as " + known.typeName() + ".";
            }
            if (type.equals(known.base()) || type.equals(known.base() + CommandType.VERSION)) {
                return "Types are written in full: " + known.typeName() + ".";
            }
        }
        var names =
                Arrays.stream(CommandType.values()).map(CommandType::typeName).toList();
        return "This version does not know that type" + nearest(type, names) + " (known: " + KNOWN_TYPES + ").";
    }

    private static boolean isOtherVersionOf(CommandType known, String type) {
        String unversioned = CommandType.PREFIX + known.base();
        return type.equals(unversioned) || type.startsWith(unversioned + ".v");
    }

    /** Levenshtein's, ignoring case. */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (isSame(a.charAt(i - 1), b.charAt(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static boolean isSame(char a, char b) {
        return Character.toLowerCase(a) == Character.toLowerCase(b);
    }
}
