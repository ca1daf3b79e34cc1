package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.config.SettingsCheck;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.quarkus.runtime.util.ExceptionUtil;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Explains to operators why the worker does not start: all wrong settings at once, or the port that is taken.
 *
 * @param exitCode the exit code of the process
 * @param lines for people to read; empty when there is nothing to say but where it happened
 */
public record StartFailure(int exitCode, List<String> lines) {

    /** Restarting does not help until somebody has corrected the settings. */
    public static final int EXIT_INVALID_SETTINGS = 1;

    /** {@code EX_TEMPFAIL}: restarting may help. */
    public static final int EXIT_TEMPFAIL = 75;

    private static final String HEADING = "Lockstep cannot start, these settings are wrong:";

    private static final Pattern CONVERSION = Pattern.compile(
            "The config property (\\S+) with the config value .* threw an Exception whilst being converted (.*)",
            Pattern.DOTALL);

    /** The report on a failure; one that the settings do not explain has only its stack trace. */
    public static StartFailure of(Throwable failure) {
        Throwable cause = ExceptionUtil.getRootCause(failure);
        if (cause instanceof QuarkusBindException taken) {
            return new StartFailure(
                    EXIT_TEMPFAIL,
                    List.of("Lockstep cannot start, port " + taken.getPort() + " on " + taken.getHost()
                            + " is taken: set quarkus.http.port (QUARKUS_HTTP_PORT) to another one, or stop what listens"
                            + " there"));
        }
        List<String> wrong = problems(ConfigUtils.configBuilder().build());
        if (wrong.isEmpty() && cause instanceof ConfigValidationException others) {
            IntStream.range(0, others.getProblemCount())
                    .mapToObj(others::getProblem)
                    .forEach(problem -> wrong.add(cleanMessage(problem)));
        }
        return wrong.isEmpty()
                ? new StartFailure(EXIT_TEMPFAIL, List.of())
                : new StartFailure(
                        EXIT_INVALID_SETTINGS,
                        Stream.concat(Stream.of(HEADING), wrong.stream().map("  "::concat))
                                .toList());
    }

    /** Unknown settings, invalid values, and inconsistencies among the remaining settings. */
    static List<String> problems(SmallRyeConfig config) {
        List<String> wrong = new ArrayList<>(UnknownSettings.errors(properties(config)));
        Map<String, String> validValues = new TreeMap<>();
        for (String setting : UnknownSettings.settingNames()) {
            ConfigValue set = config.getConfigValue(setting);
            String fault = set.getRawValue() == null ? null : problemWith(setting, set.getValue());
            if (fault != null) {
                wrong.add(fault);
            } else if (set.getValue() != null) {
                validValues.put(setting, set.getValue());
            }
        }
        wrong.addAll(SettingsCheck.problems(settings(validValues)));
        return wrong;
    }

    /** Not from the environment, which other programs share. */
    private static Stream<String> properties(SmallRyeConfig config) {
        return StreamSupport.stream(config.getConfigSources().spliterator(), false)
                .filter(source -> !source.getName().contains("Env"))
                .flatMap(source -> source.getPropertyNames().stream());
    }

    /** @param value null if it cannot be expanded; may be a secret */
    private static String problemWith(String setting, String value) {
        if (value == null) {
            return setting + ": refers to a variable that is not set; a plain ${ is written \\${";
        }
        try {
            settings(Map.of(setting, value));
            return null;
        } catch (ConfigValidationException e) {
            return value.isEmpty() ? setting + ": must not be empty" : cleanMessage(e.getProblem(0));
        }
    }

    /** Strips the framework's own wording. */
    private static String cleanMessage(ConfigValidationException.Problem problem) {
        Matcher conversion = CONVERSION.matcher(problem.getMessage());
        String message = conversion.find() ? conversion.group(1) + ": " + conversion.group(2) : problem.getMessage();
        return message.replaceFirst("SRCFG\\d+: ", "");
    }

    private static Settings settings(Map<String, String> set) {
        SmallRyeConfigBuilder builder =
                new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(Settings.class);
        set.forEach(builder::withDefaultValue);
        return builder.build().getConfigMapping(Settings.class);
    }
}
