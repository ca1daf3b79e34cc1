package dev.lockstep.board.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgException;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemExceptionMapperTest {

    @ParameterizedTest
    @CsvSource({
        "too many connections, 53300, 503",
        "disk full, 53100, 503",
        "a statement took too long, 57014, 503",
        "starting up, 57P03, 503",
        "a missing privilege, 42501, 500",
        "a wrong statement, 42601, 500"
    })
    void whatWillPassIsNotReady(String message, String state, int status) {
        assertThat(status(new PgException(message, "ERROR", state, ""))).isEqualTo(status);
    }

    @Test
    void aBrokenConnectionIsNotReady() {
        assertThat(status(new IOException("closed"))).isEqualTo(503);
    }

    private static int status(Exception failure) {
        UriInfo address = (UriInfo) Proxy.newProxyInstance(
                UriInfo.class.getClassLoader(), new Class<?>[] {UriInfo.class}, (self, method, arguments) -> "/api");
        return new ProblemExceptionMapper().toResponse(failure, address).getStatus();
    }
}
