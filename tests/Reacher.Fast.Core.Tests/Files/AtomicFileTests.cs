using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Core.Tests.Files;

public sealed class AtomicFileTests
{
    [Test]
    public void A_writer_that_fails_half_way_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["file"], "old");

        Assert.That(
            () => AtomicFile.Write(folder["file"], stream =>
            {
                stream.Write(new byte[100_000]);
                throw new IOException("broken");
            }),
            Throws.TypeOf<IOException>().With.Message.EqualTo("broken"));

        Assert.That(File.ReadAllText(folder["file"]), Is.EqualTo("old"));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "file" }));
    }

    [Test]
    public void The_target_has_its_old_content_until_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["file"], "old");
        AtomicFile.Write(folder["file"], stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.That(File.ReadAllText(folder["file"]), Is.EqualTo("old"));
        });

        Assert.That(File.ReadAllText(folder["file"]), Is.EqualTo("new"));
    }

    [Test]
    public void A_missing_folder_is_an_IOException()
    {
        using var folder = new TemporaryFolder();
        Assert.That(() => AtomicFile.WriteText(folder["none/file"], "text"), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_link_replaces_what_was_there()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a"], "a");
        AtomicFile.WriteText(folder["b"], "b");
        AtomicFile.Link(folder["a"], folder["latest"]);
        AtomicFile.Link(folder["b"], folder["latest"]);
        AtomicFile.Link(folder["b"], folder["latest"]);

        Assert.That(File.ReadAllText(folder["latest"]), Is.EqualTo("b"));
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "a", "b", "latest" }));
    }
}
