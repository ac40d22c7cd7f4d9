from ropewalk.web.page.patch import MOST_LINES, between, counts, patch

TEXT = """diff --git a/a.md b/a.md
--- a/a.md
+++ b/a.md
@@ -1,2 +1,2 @@ title
 same
-old <b>
+new <i>
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-bye
diff --git a/x.png b/x.png
Binary files a/x.png and b/x.png differ
"""


def test_a_patch_is_shown_file_by_file_with_the_numbers_of_its_lines():
    made = str(patch(TEXT))
    assert made.count('<section class="file">') == 3
    assert '<h4 class="mono">a.md</h4>' in made
    assert '<h4 class="mono">gone.txt</h4>' in made
    assert '<div class="l went"><i>2</i><i></i><b>-</b><code>old &lt;b&gt;</code></div>' in made
    assert '<div class="l came"><i></i><i>2</i><b>+</b><code>new &lt;i&gt;</code></div>' in made
    assert "Binary files" in made


def test_lines_that_came_and_went_are_counted():
    assert counts(TEXT) == (1, 2)


def test_two_texts_are_compared_and_the_same_text_says_so():
    assert "l came" in between("a\nb\n", "a\nc\n", "f.md")
    assert "Nothing has been changed" in between("a", "a", "f.md")


def test_a_patch_without_heads_and_one_that_is_too_long_are_shown_as_far_as_it_goes():
    assert "changes" in patch("@@ -1 +1 @@\n+x")
    assert patch("") == '<div class="patch"></div>'
    assert "5 more lines" in patch("@@ -1 +1 @@\n" + "+x\n" * (MOST_LINES + 4))
