package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md names every knob there is, with the default that it has, and no other. */
class ConfigurationDocTest {

    @Test
    void everyKnobIsDocumentedWithItsDefault() throws IOException {
        List<String> documented;
        try (Stream<String> lines = Files.lines(Path.of("docs/configuration.md"))) {
            documented = lines.filter(line -> line.startsWith("| `lockstep."))
                    .map(line -> line.split("\\|")[1].strip() + " " + line.split("\\|")[2].strip())
                    .toList();
        }
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        knobs("lockstep", Settings.class).toList());
    }

    private static Stream<String> knobs(String prefix, Class<?> group) {
        return Stream.of(group.getMethods())
                .sorted(Comparator.comparing(Method::getName))
                .flatMap(method -> {
                    String name = prefix + "." + kebab(method.getName());
                    if (method.getReturnType().isInterface()) {
                        return knobs(name, method.getReturnType());
                    }
                    WithDefault value = method.getAnnotation(WithDefault.class);
                    return Stream.of("`" + name + "` " + (value == null ? "none" : "`" + value.value() + "`"));
                });
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
