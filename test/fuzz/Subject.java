package fuzz;

import java.util.List;

/// A reader of outside input, as [FuzzTest] feeds it. For one thread.
public interface Subject {

    /// One word, for the report.
    String name();

    /// Inputs of the usual kind, from which others are made.
    List<byte[]> corpus();

    /// The parts of such inputs, to be inserted anywhere.
    List<String> words();

    /// Gives an input to the reader. An exception that the reader does not declare, or a wrong result, is thrown as an
    /// exception or an error.
    ///
    /// @return in which way it was taken or refused; an input that is the first of its way joins the corpus
    String take(byte[] input) throws Exception;

    /// How many bytes the reader may allocate in all for an input of this length; 0: that is seen otherwise.
    default long bytesMax(int length) {
        return (1 << 20) + 400L * length;
    }

    /// A message without what differs from input to input, as a way in which one was refused.
    static String way(Throwable refusal) {
        String message = String.valueOf(refusal.getMessage());
        return refusal.getClass().getSimpleName() + ' '
                + message.replaceAll("\"[^\"]*\"|'[^']*'|[0-9]+|U\\+[0-9A-F]+|0x[0-9a-f]+", "#");
    }
}
