namespace Reacher.Fast.Core.Networks;

/// <summary>A format in which others keep policies. An optional assembly that reads one has one public class that implements this.</summary>
public interface IPolicyFormat
{
    /// <summary>Opens the policy in a file; the caller disposes it.</summary>
    /// <exception cref="InputException">The file cannot be read, or holds no policy that can be played.</exception>
    IPolicy Open(string path);
}
