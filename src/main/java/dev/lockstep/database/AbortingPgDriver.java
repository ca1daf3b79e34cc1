package dev.lockstep.database;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.impl.NetClientImpl;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The Postgres driver, with connections that break when no byte is received or sent for too long, from the first moment on.
 *
 * <p>The client's own idle timeout does not do this: it closes through its codec, which sends Terminate, closes its own half and
 * waits for Postgres to do the same. A peer that has gone silent never does.
 */
final class AbortingPgDriver extends PgDriver {

    private static final Logger LOG = Logger.getLogger(AbortingPgDriver.class);

    private final Duration silence;

    AbortingPgDriver(Duration silence) {
        this.silence = silence;
    }

    @Override
    public ConnectionFactory createConnectionFactory(
            Vertx vertx, Supplier<? extends Future<? extends SqlConnectOptions>> database) {
        return new AbortingConnectionFactory((VertxInternal) vertx, database);
    }

    private final class AbortingConnectionFactory extends PgConnectionFactory {

        private final Map<JsonObject, NetClient> clients = new ConcurrentHashMap<>();

        AbortingConnectionFactory(
                VertxInternal vertx, Supplier<? extends Future<? extends SqlConnectOptions>> database) {
            super(vertx, database);
        }

        /** Like the driver's own method, except for the kind of client. */
        @Override
        protected NetClient netClient(NetClientOptions wanted) {
            NetClientOptions options = new NetClientOptions(wanted).setReconnectAttempts(0);
            if (options.getHostnameVerificationAlgorithm() == null) {
                options.setHostnameVerificationAlgorithm("");
            }
            return clients.computeIfAbsent(options.toJson(), key -> {
                AbortingNetClient client = new AbortingNetClient(vertx, options, clientCloseFuture);
                clientCloseFuture.add(client);
                return client;
            });
        }
    }

    private final class AbortingNetClient extends NetClientImpl {

        AbortingNetClient(VertxInternal vertx, NetClientOptions options, CloseFuture closing) {
            super(vertx, null, options, closing);
        }

        @Override
        protected void initChannel(ChannelPipeline pipeline) {
            super.initChannel(pipeline);
            pipeline.addFirst("silence", new SilenceHandler());
        }
    }

    private final class SilenceHandler extends IdleStateHandler {

        SilenceHandler() {
            super(true, 0, 0, silence.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
            LOG.warnf("Closed an unresponsive Postgres connection silentMillis=%d", silence.toMillis());
            // Starts at the head of the pipeline, bypassing the codec that would send Terminate first.
            context.pipeline().firstContext().close();
        }
    }
}
