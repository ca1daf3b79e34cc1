package dev.lockstep.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.InMemoryWorker;
import dev.lockstep.decode.schema.Syntax;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The package URL of a release without one of its own. */
class ArtifactIdTest {

    @ParameterizedTest
    @CsvSource({
        "shop, 1.4.2+7, pkg:generic/shop@1.4.2%2B7",
        "com.acme:shop, api/v1.2.3, pkg:generic/com.acme:shop@api%2Fv1.2.3",
        "a@b~c, @scope/pkg@1.2.3, pkg:generic/a%40b~c@%40scope%2Fpkg%401.2.3",
        "Shop_x-y, 1!3.0.1, pkg:generic/Shop_x-y@1%213.0.1",
        "shop, 1:2.38.1-5+deb12u3, pkg:generic/shop@1:2.38.1-5%2Bdeb12u3",
        "shop, sha256:244f, pkg:generic/shop@sha256:244f"
    })
    void bothPartsArePercentEncoded(String application, String release, String expected) throws IOException {
        InMemoryWorker worker = new InMemoryWorker();
        String names = "{'application':'" + application + "','release':'" + release + "'";
        worker.send("release.create", names + ",'title':'t'}");
        worker.send("release.deploy", names + "}");

        JsonNode deployed = null;
        boolean hasStatus = false;
        for (ConsumerRecord<byte[], byte[]> out : worker.out()) {
            JsonNode value = new ObjectMapper().readTree(out.value());
            boolean event = value.at("/context/type").asText().startsWith("dev.cdevents.service.deployed");
            deployed = event ? value : deployed;
            hasStatus |= new String(out.key(), StandardCharsets.UTF_8).equals(application + "/" + release);
        }

        assertThat(deployed.at("/subject/content/artifactId").asText()).isEqualTo(expected);
        assertThat(Syntax.PURL.matches(expected)).isTrue();
        assertThat(hasStatus).isTrue();
    }
}
