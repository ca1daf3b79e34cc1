package dev.lockstep.bench;

/**
 * Processor seconds, user and system.
 *
 * @param contender of the worker, or of whatever takes its place
 * @param compiler the part of the contender's time that its just-in-time compiler used
 * @param load of this JVM, which sends the commands and reads the results
 */
record Cost(double contender, double compiler, double broker, double postgres, double load) {

    /** The sum of contender, broker and Postgres. */
    double all() {
        return contender + broker + postgres;
    }

    Cost since(Cost earlier) {
        return new Cost(
                contender - earlier.contender,
                compiler - earlier.compiler,
                broker - earlier.broker,
                postgres - earlier.postgres,
                load - earlier.load);
    }

    Cost times(double factor) {
        return new Cost(contender * factor, compiler * factor, broker * factor, postgres * factor, load * factor);
    }
}
