package client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import shared.json.Json;

final class InputsTest {

    @Test
    void json_deeperThanTheServersUsualLimit_isTaken() {
        byte[] deep = ("[".repeat(300) + "]".repeat(300)).getBytes(StandardCharsets.UTF_8);
        assertInstanceOf(Json.Arr.class, Inputs.json("--messages", deep));
    }
}
