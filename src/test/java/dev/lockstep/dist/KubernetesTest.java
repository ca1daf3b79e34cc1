package dev.lockstep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class KubernetesTest {

    /** Kustomize adds selectors only to deployments and services, and a disruption budget without one protects no pod. */
    @Test
    void theDisruptionBudgetSelectsTheWorkers() throws IOException {
        JsonNode labels = read("kustomization.yaml").at("/labels/0/pairs");
        assertThat(labels).isNotEmpty();
        assertThat(read("poddisruptionbudget.yaml").at("/spec/selector/matchLabels"))
                .isEqualTo(labels);
    }

    private static JsonNode read(String file) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(Path.of("k8s", file).toFile());
    }
}
