# A formula for Homebrew, for a tap. `url` and `sha256` are those of the tarball of packaging/release, once it is published.
class Twicetold < Formula
  desc "Near-duplicate articles and repeated sections, with exact numbers"
  homepage "https://pypi.org/project/twicetold/"
  url "https://example.org/twicetold-0.2.0.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "pkgconf" => :build
  depends_on "simdjson"
  depends_on "utf8proc"
  depends_on "xxhash"
  depends_on "zstd"

  uses_from_macos "libxml2"
  uses_from_macos "sqlite"

  on_macos do
    depends_on "libarchive"
    depends_on "libomp"
  end

  on_linux do
    depends_on "libarchive"
    depends_on "zlib"
  end

  def install
    args = %w[-DTT_BUILD_TESTS=OFF -DTT_BUILD_BENCH=OFF -DBUILD_SHARED_LIBS=ON]
    args << "-DOpenMP_ROOT=#{Formula["libomp"].opt_prefix}" if OS.mac?
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", *args, *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
  end

  test do
    (testpath/"a.jsonl").write <<~JSON
      {"id":"a","text":"A ferry ran aground in thick fog off the port early on Tuesday, and nobody was hurt."}
      {"id":"b","text":"A ferry ran aground in thick fog off the port early on Tuesday, and nobody was hurt."}
    JSON
    assert_match '"relation":"identical"', shell_output("#{bin}/twicetold scan -q #{testpath}/a.jsonl")
  end
end
