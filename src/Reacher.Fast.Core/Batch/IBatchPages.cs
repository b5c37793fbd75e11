namespace Reacher.Fast.Core.Batch;

/// <summary>
/// What a learner has that wants its batches gathered where it reads them, such as memory that a GPU copies from by itself: the sampler fills the
/// page, and the update on the page's own view copies nothing.
/// </summary>
internal interface IBatchPages
{
    /// <summary>The page for the next update; waits while a GPU still copies from it. The learner's own: not to be disposed.</summary>
    BatchBuffer TakePage();
}
