package server.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClientNameTest {

    @Test
    void is_atItsEdges() {
        assertTrue(ClientName.is("a") && ClientName.is("Me.2_x@y-Z9") && ClientName.is("a".repeat(64)));
        assertFalse(ClientName.is(null) || ClientName.is("") || ClientName.is("a".repeat(65)) || ClientName.is("a b")
                || ClientName.is("\u00e4") || ClientName.is("a\n") || ClientName.is("a/b"));
    }
}
