package dev.lockstep.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.Decoded.Undecodable;
import dev.lockstep.decode.Decoded.ValidCommand;
import dev.lockstep.decode.schema.Limits;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as producers write them. JSON is given with single quotes. */
public final class Records {

    public static final String CREATE = "dev.lockstep.release.create.v1";
    public static final String UPDATE = "dev.lockstep.release.update.v1";
    public static final String ANNOTATE = "dev.lockstep.release.annotate.v1";
    public static final String DEPLOY = "dev.lockstep.release.deploy.v1";
    public static final String DELETE = "dev.lockstep.release.delete.v1";
    public static final String ARCHIVE = "dev.lockstep.release.archive.v1";
    public static final String UNARCHIVE = "dev.lockstep.release.unarchive.v1";
    public static final String UNDEPLOY = "dev.lockstep.release.undeploy.v1";
    public static final String ROLLBACK = "dev.lockstep.environment.rollback.v1";
    public static final String REDEPLOY = "dev.lockstep.environment.redeploy.v1";
    public static final String CONFIGURE = "dev.lockstep.environment.configure.v1";
    public static final String REPORT = "dev.lockstep.deployment.report.v1";
    public static final String CANCEL = "dev.lockstep.deployment.cancel.v1";
    public static final String DEFINE = "dev.lockstep.pipeline.define.v1";
    public static final String UPDATE_APPLICATION = "dev.lockstep.application.update.v1";
    public static final String ARCHIVE_APPLICATION = "dev.lockstep.application.archive.v1";
    public static final String UNARCHIVE_APPLICATION = "dev.lockstep.application.unarchive.v1";

    public static final String TIMER = "dev.lockstep.timer.due.v1";

    public static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** A valid example of every command, with every field it may have. */
    public static final Map<String, String> FULL = full();

    private static final Decoder DECODER = new Decoder(Limits.DEFAULT);

    private Records() {}

    private static Map<String, String> full() {
        String common = "'actor':'ci','reason':'why not','expectedRevision':7,'dryRun':false";
        String ofRelease = "'expectedReleaseRevision':6," + common;
        String ofEnvironment = "'expectedEnvironmentRevision':5," + common;
        String ofBoth = "'expectedReleaseRevision':6," + ofEnvironment;
        String terms =
                "'notBefore':'2026-01-31T22:00:00.0009+01:00','expiresAt':'2026-02-01T00:00:00Z','ifBlocked':'reject'";
        String policy = "{'onlyNewer':true,'completion':'reported','timeout':'PT30M','reportEvery':'PT90S',"
                + "'whenBusy':'queue','maxQueued':5,'onFailure':'restore','soakTime':'P1D'}";
        String source = "{'repoUrl':'https://git.example/shop.git','commitSha':'4e1243bd','ref':'refs/heads/main',"
                + "'committedAt':'2026-01-31T12:00:00.123+01:00'}";
        Map<String, String> full = new LinkedHashMap<>();
        full.put(
                CREATE,
                "{'application':'shop','release':'1.4.2+7','title':'Größer 🚀','description':'d',"
                        + "'artifactId':'pkg:npm/%40acme/shop@1.4.2','source':" + source + ",'chainId':'chain-1',"
                        + "'labels':{'team':'web','jira/ticket':'SHOP-7'}," + common
                        + "}");
        full.put(
                UPDATE,
                "{'application':'shop','release':'1.4.2','title':'t','description':null,"
                        + "'artifactId':'pkg:generic/shop@1','source':" + source + "," + ofRelease + "}");
        full.put(
                ANNOTATE,
                "{'application':'shop','release':'1.4.2','notes':'n','labels':{'team':'web','jira/ticket':null},"
                        + ofRelease + "}");
        full.put(
                DEPLOY,
                "{'application':'shop','release':'1.4.2','environment':'staging','from':'development'," + terms + ","
                        + ofBoth + "}");
        full.put(DELETE, "{'application':'shop','release':'1.4.2'," + ofRelease + "}");
        full.put(ARCHIVE, "{'application':'shop','release':'1.4.2'," + ofRelease + "}");
        full.put(UNARCHIVE, "{'application':'shop','release':'1.4.2'," + ofRelease + "}");
        full.put(UNDEPLOY, "{'application':'shop','environment':'staging'," + terms + "," + ofEnvironment + "}");
        full.put(
                ROLLBACK,
                "{'application':'shop','environment':'staging','release':'1.4.1'," + terms + "," + ofBoth + "}");
        full.put(
                REDEPLOY,
                "{'application':'shop','environment':'staging','release':'1.4.2'," + terms + "," + ofBoth + "}");
        full.put(
                CONFIGURE,
                "{'application':'shop','environment':'live','title':'Live','tier':null,'after':['qa'],'policy':"
                        + policy + "," + ofEnvironment + "}");
        full.put(
                REPORT,
                "{'application':'shop','deployment':'f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff','status':'in_progress',"
                        + "'url':'https://ci.example/7','message':'Half done\\n','at':'2026-01-31T12:00:00.123456Z',"
                        + common + "}");
        full.put(CANCEL, "{'application':'shop','deployment':'f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff'," + common + "}");
        full.put(
                DEFINE,
                "{'application':'shop','environments':[{'id':'development','tier':'development'},{'id':'qa'},"
                        + "{'id':'live','title':'Live','tier':null,'after':['development','qa'],'policy':" + policy
                        + "}],'keep':{'releases':20,'days':90}," + common + "}");
        full.put(
                UPDATE_APPLICATION,
                "{'application':'shop','title':'Shop','description':'d','owner':null,'url':'https://wiki.example/shop',"
                        + common + "}");
        full.put(ARCHIVE_APPLICATION, "{'application':'shop'," + common + "}");
        full.put(UNARCHIVE_APPLICATION, "{'application':'shop'," + common + "}");
        return full;
    }

    /** A record as it is polled, from any position. */
    public static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                "commands",
                0,
                0,
                ConsumerRecord.NO_TIMESTAMP,
                TimestampType.NO_TIMESTAMP_TYPE,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key,
                value,
                headers,
                Optional.empty());
    }

    public static Decoded decode(ConsumerRecord<byte[], byte[]> record) {
        return DECODER.decode(record);
    }

    /** Decodes a command that breaks no rule, old or new. */
    public static ValidCommand valid(ConsumerRecord<byte[], byte[]> record) {
        Decoded decoded = judged(decode(record));
        assertThat(decoded).isInstanceOf(ValidCommand.class);
        return (ValidCommand) decoded;
    }

    /** The outcome of decoding for a record that has not been seen before. */
    static Decoded judged(Decoded decoded) {
        return decoded instanceof ValidCommand valid && valid.rejectionUnlessDuplicate() != null
                ? valid.rejectionUnlessDuplicate()
                : decoded;
    }

    /** Decodes a command that is refused unless it is already known. */
    public static RejectedCommand refused(ConsumerRecord<byte[], byte[]> record) {
        Decoded decoded = judged(decode(record));
        assertThat(decoded).isInstanceOf(RejectedCommand.class);
        return (RejectedCommand) decoded;
    }

    public static String deadLetterReason(ConsumerRecord<byte[], byte[]> record) {
        Decoded decoded = decode(record);
        assertThat(decoded).isInstanceOf(Undecodable.class);
        return ((Undecodable) decoded).reason();
    }

    public static Builder binary(String type, String data) {
        return new Builder()
                .header("ce_specversion", "1.0")
                .header("ce_id", "c-1")
                .header("ce_source", "/ci")
                .header("ce_type", type)
                .header("content-type", "application/json")
                .value(data);
    }

    public static Builder structured(String type, String data) {
        return envelope("{'specversion':'1.0','id':'c-1','source':'/ci','type':'" + type + "','data':" + data + "}")
                .header("content-type", "application/cloudevents+json; charset=UTF-8");
    }

    public static Builder envelope(String json) {
        return new Builder().value(json);
    }

    public static String quoted(String json) {
        return json.replace('\'', '"');
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static final class Builder {
        private final RecordHeaders headers = new RecordHeaders();
        private byte[] key = utf8("shop");
        private byte[] value;

        Builder key(String text) {
            key = text == null ? null : utf8(text);
            return this;
        }

        Builder value(String json) {
            return value(json == null ? null : utf8(quoted(json)));
        }

        Builder value(byte[] bytes) {
            value = bytes;
            return this;
        }

        /** Sets the header, replacing any with that name. */
        Builder header(String name, String text) {
            headers.remove(name);
            return alsoHeader(name, text == null ? null : utf8(text));
        }

        Builder alsoHeader(String name, byte[] bytes) {
            headers.add(name, bytes);
            return this;
        }

        Builder without(String name) {
            headers.remove(name);
            return this;
        }

        public ConsumerRecord<byte[], byte[]> build() {
            return record(key, value, headers);
        }
    }
}
