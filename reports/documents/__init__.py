"""The official report: the facts it is made from, its words, its appendix, its versions.

:mod:`facts` holds everything a report states; :mod:`narrative`, :mod:`appendix` and every rendering are
made from them alone, so that a number is the same on the page, in Word, in Excel and in print.
"""
