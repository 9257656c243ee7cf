from views.entrance import enter_page
from views.quality import show

enter_page(show)
