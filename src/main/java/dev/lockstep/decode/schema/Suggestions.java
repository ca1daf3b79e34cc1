package dev.lockstep.decode.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Guesses at what was meant: only shown to the producer, never acted on. */
public final class Suggestions {

    private static final int MAX_GUESSED_LENGTH = 64;
    private static final int MAX_DISTANCE = 3;

    private static final Set<String> ENVELOPE_FIELDS =
            Set.of("specversion", "datacontenttype", "data", "correlationid");
    private static final String KNOWN_TYPES =
            Arrays.stream(CommandType.values()).map(CommandType::typeName).collect(Collectors.joining(", "));

    /** The fields that a word, in lower case, may stand for, most likely first. */
    private static final Map<String, List<String>> FIELDS_BY_SYNONYM = parseSynonyms(
            "application <- app appname applicationname service project component",
            "release <- version tag releaseid releaseversion rev build",
            "environment <- env stage target to targetenvironment environmentname",
            "environments <- envs env stages stage pipeline",
            "id <- name env environment stage",
            "title <- name displayname",
            "message <- msg text log detail details",
            "reason <- message msg comment note why",
            "description <- desc notes body changelog text",
            "actor <- user username author who by requestedby",
            "artifactId <- artifact artefact artefactid purl image digest",
            "commitSha <- commit sha hash commitid",
            "repoUrl <- repo repository url git",
            "ref <- branch tag gitref",
            "committedAt <- date time timestamp",
            "tier <- type kind",
            "deployment <- deploymentid id",
            "status <- state outcome result conclusion",
            "url <- link href logurl buildurl runurl",
            "at <- time timestamp date",
            "dryRun <- dry preview simulate plan",
            "notBefore <- startat scheduledat schedule earliest after",
            "expiresAt <- expires expiry deadline notafter until",
            "ifBlocked <- onblocked blocked wait",
            "reportEvery <- heartbeat interval keepalive",
            "maxQueued <- queuesize maxqueue queuelength",
            "soakTime <- soak requiredsoaktime baketime bake");

    /** Synonyms of enumerated values, in normalized form. */
    private static final Map<String, List<String>> VALUES_BY_SYNONYM = parseSynonyms(
            "in_progress <- running started start progress deploying active",
            "succeeded <- success successful ok done complete completed finished passed deployed",
            "failed <- failure fail unsuccessful",
            "errored <- error crashed exception broken",
            "cancelled <- canceled cancel aborted abort stopped skipped",
            "development <- dev develop",
            "testing <- test qa",
            "production <- prod live",
            "reported <- report external manual",
            "immediate <- instant auto",
            "supersede <- superseded replace latest newest",
            "queue <- queued fifo wait",
            "reject <- rejected refuse refused fail error",
            "restore <- rollback redeploy revert",
            "wait <- queue queued pending block",
            "none <- nothing ignore off");

    private final List<String> missing;
    private final Set<String> known;

    /**
     * @param missing required fields that the object lacks: they are more likely to be meant than others
     * @param known all fields that it may have
     */
    Suggestions(List<String> missing, Set<String> known) {
        this.missing = missing;
        this.known = known;
    }

    /** What to do about an unknown field, as the end of a message, or "" if there is no suggestion. */
    String suggestField(String name) {
        if (ENVELOPE_FIELDS.contains(name)) {
            return " (the envelope stands beside data: in ce_ headers, or around it in structured mode)";
        }
        if (name.length() > MAX_GUESSED_LENGTH) {
            return "";
        }
        List<String> words = FIELDS_BY_SYNONYM.getOrDefault(normalized(name), List.of());
        return Stream.of(
                        firstKnown(words, missing),
                        closestMatch(name, missing),
                        firstKnown(words, known),
                        closestMatch(name, known))
                .flatMap(Optional::stream)
                .findFirst()
                .map(Suggestions::didYouMean)
                .orElse("");
    }

    private static Optional<String> firstKnown(List<String> words, Collection<String> among) {
        return words.stream().filter(among::contains).findFirst();
    }

    /** @return which of a few words was meant, as the end of a message, or empty if nothing comes to mind */
    static Optional<String> suggestValue(String text, List<String> alternatives) {
        if (alternatives.isEmpty() || text.length() > MAX_GUESSED_LENGTH) {
            return Optional.empty();
        }
        String plain = normalized(text);
        Stream<String> same =
                alternatives.stream().filter(each -> normalized(each).equals(plain));
        List<String> words = VALUES_BY_SYNONYM.getOrDefault(plain, List.of());
        return Stream.of(same.findFirst(), firstKnown(words, alternatives), closestMatch(text, alternatives))
                .flatMap(Optional::stream)
                .findFirst()
                .map(Suggestions::didYouMean);
    }

    /** A name in the form used for comparison: {@code expected_revision} equals {@code expectedRevision}. */
    public static String normalized(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    private static String didYouMean(String name) {
        return "; did you mean \"" + name + "\"?";
    }

    private static Map<String, List<String>> parseSynonyms(String... lines) {
        Map<String, List<String>> meanings = new HashMap<>();
        for (String line : lines) {
            String[] sides = line.split(" <- ");
            for (String word : sides[1].split(" ")) {
                meanings.computeIfAbsent(word, any -> new ArrayList<>()).add(sides[0]);
            }
        }
        return meanings;
    }

    /** @return the name most similar to the given one, if any is close */
    private static Optional<String> closestMatch(String name, Collection<String> among) {
        if (name.length() > MAX_GUESSED_LENGTH) {
            return Optional.empty();
        }
        int maxDistance = Math.min(MAX_DISTANCE, name.length() / 2);
        return among.stream()
                .filter(candidate -> editDistance(name, candidate) <= maxDistance)
                .min(Comparator.comparingInt((String candidate) -> editDistance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** What to do about an unknown type. */
    public static String describeUnknownType(String type) {
        String odd = Texts.oddCharacterHint(type);
        if (!odd.isEmpty()) {
            return "This version does not know this type" + odd + " (known: " + KNOWN_TYPES + ").";
        }
        for (CommandType known : CommandType.values()) {
            if (isOtherVersionOf(known, type)) {
                return "This version knows " + known.shortName() + " only as " + known.typeName() + ".";
            }
            if (type.equals(known.shortName()) || type.equals(known.shortName() + CommandType.VERSION_SUFFIX)) {
                return "Types are written in full: " + known.typeName() + ".";
            }
        }
        var names =
                Arrays.stream(CommandType.values()).map(CommandType::typeName).toList();
        return "This version does not know this type"
                + closestMatch(type, names).map(Suggestions::didYouMean).orElse("") + " (known: " + KNOWN_TYPES + ").";
    }

    private static boolean isOtherVersionOf(CommandType known, String type) {
        String unversioned = CommandType.PREFIX + known.shortName();
        return type.equals(unversioned) || type.startsWith(unversioned + ".v");
    }

    /** Levenshtein's, ignoring case. */
    public static int editDistance(String a, String b) {
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
