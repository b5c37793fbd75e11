using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Tests.Files;

/// <summary>Reading a file whole, but no more than was said.</summary>
public sealed class BoundedFileTests
{
    [TestCase(0)]
    [TestCase(4095)]
    [TestCase(4096)]
    [TestCase(10_000)]
    public void A_file_of_as_much_as_was_said_is_read_and_one_byte_more_is_not(int length)
    {
        using var folder = new TemporaryFolder();
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        File.WriteAllBytes(folder["file"], content);
        Assert.That(BoundedFile.ReadBytes(folder["file"], length), Is.EqualTo(content));
        if (length > 0)
        {
            Assert.That(() => BoundedFile.ReadBytes(folder["file"], length - 1), Throws.TypeOf<FileTooLongException>());
        }
    }

    [Test]
    [Platform("Linux")]
    public void A_device_without_end_costs_no_more_than_was_said()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => BoundedFile.ReadBytes("/dev/zero", 1 << 20), Throws.TypeOf<FileTooLongException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8 << 20));
    }
}
