package exitbox.recorder.kernel;

/// The running kernel's release, such as `6.1.0-38-amd64`.
record KernelVersion(String release, int major, int minor) {

    static KernelVersion running() {
        return of(System.getProperty("os.version"));
    }

    static KernelVersion of(String release) {
        int dot = release.indexOf('.');
        int end = dot + 1;
        while (end < release.length() && Character.isDigit(release.charAt(end))) {
            end++;
        }
        return new KernelVersion(release, Integer.parseInt(release, 0, dot, 10),
                Integer.parseInt(release, dot + 1, end, 10));
    }

    boolean isAtLeast(int major, int minor) {
        return this.major > major || this.major == major && this.minor >= minor;
    }

    @Override
    public String toString() {
        return release;
    }
}
