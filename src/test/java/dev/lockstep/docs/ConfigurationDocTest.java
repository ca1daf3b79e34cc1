package dev.lockstep.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.Settings;
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

/** docs/configuration.md lists exactly the existing settings, with their defaults; the distribution's file says the same. */
class ConfigurationDocTest {

    @Test
    void everySettingIsDocumentedWithItsDefault() throws IOException {
        List<String> documented = documented("lockstep.")
                .map(cells -> cells[1].strip() + " " + cells[2].strip())
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        knobs("lockstep", Settings.class).toList());
    }

    /** In the same order: the description as a comment, followed by the commented-out default. */
    @Test
    void theFileOfTheDistributionSaysWhatTheDocumentSays() throws IOException {
        String file = Files.readString(Path.of("src/main/dist/config/application.properties"));
        List<String> commented = Stream.of(file.split("\n\n"))
                .skip(1)
                .map(knob -> knob.strip().replace("\n# ", " "))
                .toList();
        assertThat(commented)
                .containsExactlyElementsOf(documented("")
                        .map(cells -> comment(cells[3]) + "#" + plain(cells[1]) + "="
                                + (cells[2].strip().equals("none") ? "" : plain(cells[2])))
                        .toList());
    }

    private static Stream<String[]> documented(String prefix) throws IOException {
        return Files.readAllLines(Path.of("docs/configuration.md")).stream()
                .filter(line -> line.startsWith("| `" + prefix))
                .map(line -> line.split("\\|"));
    }

    private static String comment(String cell) {
        return plain(cell).isEmpty() ? "" : "# " + plain(cell) + "\n";
    }

    private static String plain(String cell) {
        return cell.strip().replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1").replace("`", "");
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
