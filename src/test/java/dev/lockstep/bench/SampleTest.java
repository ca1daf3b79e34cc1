package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTest {

    private static final byte[] CAUSE = "bench-1".getBytes();

    private final Sample.Output output = new Sample.Output(
            1,
            "key".getBytes(),
            null,
            List.of(new RecordHeader("ce_causationid", CAUSE), new RecordHeader("x", CAUSE)));
    private final Sample sample = new Sample(2.25, 100, List.of(List.of(output)));

    @Test
    void rowsAreWholeAndAddUpInTheLongRun() {
        int rows = 0;
        for (int done = 0; done < 100; done++) {
            rows += sample.rows(done, 1);
        }

        assertThat(rows).isEqualTo(225);
        assertThat(sample.content(3)).hasSize(100);
    }

    @Test
    void whatIsWrittenIsReadBack(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("sample");
        sample.write(file);
        Sample read = Sample.read(file);

        assertThat(read.rowsPerCommand()).isEqualTo(2.25);
        assertThat(read.outputsPerCommand()).isEqualTo(1);
        assertThat(read.outputBytesPerCommand()).isEqualTo(sample.outputBytesPerCommand());
        assertThat(read.outputs(7).get(0).value()).isNull();
    }

    @Test
    void aRecordNamesTheCurrentCommandAsItsCause() {
        var record = output.record(List.of("results", "events"), 4, "bench-2".getBytes());

        assertThat(record.topic()).isEqualTo("events");
        assertThat(record.partition()).isEqualTo(4);
        assertThat(record.headers().lastHeader("ce_causationid").value()).isEqualTo("bench-2".getBytes());
        assertThat(record.headers().lastHeader("x").value()).isEqualTo(CAUSE);
    }
}
