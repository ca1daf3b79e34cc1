package dev.lockstep.config;

import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.Converter;

/** The settings of the Kafka transaction that publishes a batch, {@code lockstep.publish.*}. */
public interface PublishConfig {

    /** Start of the transactional ids; a random part, one per process, and a number follow. Default {@code lockstep-}. */
    @WithDefault("lockstep-")
    String transactionalIdPrefix();

    /**
     * How long the broker lets a transaction stay open before it aborts it. An abandoned one holds up every
     * read_committed reader and the successor for this long, plus up to 10 s. Default 15 s.
     */
    @WithDefault("15s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration transactionTimeout();

    /** How long one blocking producer call may take before it is retried. Default 10 s. */
    @WithDefault("10s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration maxBlock();

    /** How long the broker may take to answer one request. Default 5 s. */
    @WithDefault("5s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration requestTimeout();

    /** Longest wait between two attempts. Default 2 s. */
    @WithDefault("2s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration maxBackoff();

    /** How often a commit of unknown outcome is retried on its own producer before a new producer settles it. Default 3. */
    @WithDefault("3")
    int commitRetries();

    /** How long a stopping worker waits for the commit under way. Default 5 s. */
    @WithDefault("5s")
    @WithConverter(SettingConverters.Timeout.class)
    Duration stopGrace();

    /**
     * Size of a producer batch in bytes. Must not exceed the max.message.bytes of any output topic: the client splits a
     * refused batch into pieces of this size, and if that makes none smaller, it retries the same batch until it times out.
     * Default 262,144 (256 KiB).
     */
    @WithDefault("262144")
    @WithConverter(SettingConverters.Int.class)
    int batchBytes();

    /**
     * Bytes of all records waiting in each producer; there are two, a third after a rejection, and two for pages, with
     * smaller buffers. Default 33,554,432 (32 MiB).
     */
    @WithDefault("33554432")
    @WithConverter(SettingConverters.Int.class)
    int bufferBytes();

    /**
     * Bytes of the largest record before compression. More than most topics accept, because a dead letter may be that large:
     * its value may have arrived in a small compressed batch. Default 16,777,216 (16 MiB).
     */
    @WithDefault("16777216")
    @WithConverter(SettingConverters.Int.class)
    int maxRequestBytes();

    /**
     * Compression of the published records; a topic's own {@code compression.type} overrides it. Default {@code none}, the
     * only one that every client can read out of the box.
     */
    @WithDefault("none")
    @WithConverter(CompressionConverter.class)
    Compression compression();

    /** Bytes kept of a dead letter that its topic rejects as too large. Default 65,536 (64 KiB). */
    @WithDefault("65536")
    @WithConverter(SettingConverters.Int.class)
    int truncatedBytes();

    /** The compression types that a broker can read. */
    enum Compression {
        NONE,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    /** An unknown compression type stops the start with an error that names the setting. */
    final class CompressionConverter implements Converter<Compression> {
        @Override
        public Compression convert(String text) {
            return Stream.of(Compression.values())
                    .filter(one -> one.name().equalsIgnoreCase(text.strip()))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException("'" + text + "' is not one of none, gzip, snappy, lz4, zstd"));
        }
    }
}
